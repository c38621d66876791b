"""Lesson 06, accuracy: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson06_cifar10_convnet.accuracy import ACCURACY, accuracy


@ACCURACY.wrong("the share is given in percent: an accuracy is a fraction from 0 to 1")
def counts_in_percent(scores, labels):
    return 100.0 * accuracy(scores, labels)


@ACCURACY.wrong("the largest score of each column is taken: the scores of an image are a row, so take axis=1")
def compares_images_instead_of_classes(scores, labels):
    best = scores.argmax(axis=0)
    n = min(len(best), len(labels))
    return float(np.mean(best[:n] == labels[:n]))


@ACCURACY.wrong("the lowest score wins")
def takes_the_lowest_score(scores, labels):
    return accuracy(-scores, labels)


@ACCURACY.wrong("the wrong answers are counted, not the right ones")
def returns_the_error(scores, labels):
    return 1.0 - accuracy(scores, labels)


@ACCURACY.wrong("the right answers are counted, but not divided by the number of images")
def counts_the_right_ones(scores, labels):
    return int(np.sum(scores.argmax(axis=1) == labels))


@ACCURACY.wrong("the right answers are divided by the number of classes, not of images")
def divides_by_the_classes(scores, labels):
    return float(np.sum(scores.argmax(axis=1) == labels) / scores.shape[1])


@ACCURACY.wrong("`argmax()` finds one position in the whole table: axis=1 finds one in each row")
def finds_one_place_in_all(scores, labels):
    return float(np.mean(scores.argmax() == labels))


@ACCURACY.wrong("the largest scores are compared with the labels: compare their positions (argmax, not max)")
def compares_scores_with_labels(scores, labels):
    return float(np.mean(scores.max(axis=1) == labels))


@ACCURACY.wrong("all answers must be right at once: the share of right ones is asked for")
def wants_all_right(scores, labels):
    return float(np.all(scores.argmax(axis=1) == labels))


@ACCURACY.wrong("every image whose true class has a positive score counts as right: that score must be the largest")
def calls_positive_scores_right(scores, labels):
    return float(np.mean(scores[np.arange(len(labels)), labels] > 0))


@ACCURACY.wrong("1 is added to the best class, or subtracted from the label: both count from 0")
def counts_classes_from_one(scores, labels):
    return float(np.mean(scores.argmax(axis=1) + 1 == labels))


@ACCURACY.wrong("1 is subtracted from the best class, or added to the label: both count from 0")
def takes_one_off_the_class(scores, labels):
    return float(np.mean(scores.argmax(axis=1) == labels + 1))


@ACCURACY.wrong("the score that is farthest from 0 wins, whatever its sign: the largest one should")
def takes_the_largest_magnitude(scores, labels):
    return accuracy(np.abs(scores), labels)


@ACCURACY.wrong("the search for the largest score starts from 0: a row of negative scores has a largest one, too")
def starts_from_zero(scores, labels):
    right = 0
    for row, label in zip(scores, labels, strict=True):
        best, largest = 0, 0.0
        for k, score in enumerate(row):
            if score > largest:
                best, largest = k, score
        right += best == label
    return float(right / len(labels))


@ACCURACY.wrong("the scores themselves are changed (`-=`, `/=`): they belong to the caller")
def shifts_the_scores_in_place(scores, labels):
    scores -= scores.max(axis=1, keepdims=True)
    return float(np.mean(scores[np.arange(len(labels)), labels] == 0))


@ACCURACY.right
def averages_comparisons(scores, labels):
    return np.mean(scores.argmax(axis=1) == labels)


@ACCURACY.right
def sorts_each_row(scores, labels):
    return float((np.argsort(scores, axis=1)[:, -1] == labels).sum() / len(labels))


@ACCURACY.right
def asks_whether_the_labels_score_is_the_largest(scores, labels):
    return np.count_nonzero(scores[np.arange(len(labels)), labels] >= scores.max(axis=1)) / len(labels)


@ACCURACY.right
def sums_a_confusion_matrix(scores, labels):
    counts = np.zeros((scores.shape[1], scores.shape[1]))
    np.add.at(counts, (labels, scores.argmax(axis=1)), 1)
    return float(np.trace(counts) / counts.sum())
