"""Lesson 07, parse_pattern: wrong and right answers."""

import itertools
import re

from cs_utils.grading.exercises.lesson07_deeper_networks.parse_pattern import PARSE_PATTERN, parse_pattern


def _without_optional(names):
    return [name for name in names if not name.endswith("?")]


def _parse(text, item=lambda name: _without_optional([name]), repeat=lambda items, number: items * number):
    """Read the text piece by piece; an open group stays on the stack until it is closed."""
    stack: list[list[str]] = [[]]
    position, after_part = 0, False
    piece = re.compile(r"(?P<open>\()|(?P<name>[A-Za-z0-9]+\??)|(?P<close>\)(\*0*[1-9]\d*)?)|(?P<dash>-)")
    while position < len(text):
        match = piece.match(text, position)
        if not match or (match.lastgroup in ("open", "name")) == after_part:
            raise ValueError(f"position {position} of {text!r}")
        if match["open"]:
            stack.append([])
        elif match["name"]:
            stack[-1] += item(match["name"])
        elif match["close"]:
            group = stack.pop()
            if not stack:
                raise ValueError(f"position {position} of {text!r}: no ( was open")
            stack[-1] += repeat(group, int(match["close"][2:] or 1))
        after_part, position = bool(match["name"] or match["close"]), match.end()
    if len(stack) > 1 or not after_part:
        raise ValueError(f"position {position} of {text!r}: it ends too early")
    return stack[0]


def _write_out_innermost(text):
    return re.sub(r"\(([^()]*)\)(?:\*(\d+))?", lambda m: "-".join([m[1]] * int(m[2] or 1)), text)


def _position(error):
    return int(re.findall(r"position (\d+)", str(error))[0])


def _parse_naming(text, words):
    """Return the items, or raise ValueError with what ``words(position)`` says."""
    try:
        return _parse(text)
    except ValueError as error:
        raise ValueError(words(_position(error))) from None


@PARSE_PATTERN.wrong("the text is cut at each - and the groups are left as they are")
def splits_at_dashes(text):
    return text.split("-")


@PARSE_PATTERN.wrong("the text is cut at each - and what ends in ? is dropped, but the groups are left as they are")
def splits_and_drops_what_ends_in_a_mark(text):
    return _without_optional(text.split("-"))


@PARSE_PATTERN.wrong("the text is cut at each - and what has a ? in it is dropped, but the groups are left as they are")
def splits_and_drops_what_has_a_mark(text):
    return [part for part in text.split("-") if "?" not in part]


@PARSE_PATTERN.wrong("the brackets are removed before the text is cut at each -: they say what is repeated")
def takes_the_brackets_out(text):
    return re.sub("[()]", "", text).split("-")


@PARSE_PATTERN.wrong(
    "brackets and numbers are removed, so each group is written out once; and what is marked ? is kept as it is"
)
def takes_brackets_and_numbers_out(text):
    return re.sub(r"[()]|\*\d+", "", text).split("-")


@PARSE_PATTERN.wrong("the mark ? is refused: it is part of the language, and its item is left out", partial=True)
def refuses_the_mark(text):
    if "?" in text:
        raise ValueError(f"the ? at {text.index('?')} is no letter or digit")
    return _parse(text)


@PARSE_PATTERN.wrong("the numbers after * are taken for items: they say how often a group is repeated")
def takes_numbers_for_items(text):
    return re.findall(r"[a-z0-9]+", text)


@PARSE_PATTERN.wrong("each group is written out once: the number after * is ignored")
def ignores_the_number(text):
    return _parse(text, repeat=lambda items, number: items)


@PARSE_PATTERN.wrong("a group is repeated once too often: n times in all, not n times more")
def repeats_once_more(text):
    return _parse(text, repeat=lambda items, number: items * (number + 1 if number > 1 else 1))


@PARSE_PATTERN.wrong("each item of a group is repeated on its own: the group should be repeated as a whole")
def repeats_item_by_item(text):
    return _parse(text, repeat=lambda items, number: [item for item in items for _ in range(number)])


@PARSE_PATTERN.wrong("every group is repeated twice, whatever its number says")
def always_repeats_twice(text):
    return _parse(text, repeat=lambda items, number: items * min(number, 2))


@PARSE_PATTERN.wrong("only the first digit after * is read: a group may be repeated 12 times", partial=True)
def reads_one_digit(text):
    return _parse(text, repeat=lambda items, number: items * int(str(number)[0]))


@PARSE_PATTERN.wrong("an item marked ? is kept, without its mark: it should be left out", partial=True)
def keeps_optional_items(text):
    return _parse(text, item=lambda name: [name.rstrip("?")])


@PARSE_PATTERN.wrong("an item marked ? is kept, with its mark: it should be left out", partial=True)
def keeps_the_mark(text):
    return _parse(text, item=lambda name: [name])


@PARSE_PATTERN.wrong("an item marked ? becomes an empty string: it should be left out", partial=True)
def leaves_an_empty_item(text):
    return _parse(text, item=lambda name: ["" if name.endswith("?") else name])


@PARSE_PATTERN.wrong("an item loses its number: conv12 is one name")
def cuts_numbers_off(text):
    return _parse(text, item=lambda name: [part.rstrip("0123456789") for part in _without_optional([name])])


@PARSE_PATTERN.wrong("the items are returned as one text: a list of them is asked for")
def joins_them_again(text):
    return "-".join(_parse(text))


@PARSE_PATTERN.wrong("each item is returned only once: repeated layers are layers of their own")
def returns_each_item_once(text):
    return list(dict.fromkeys(_parse(text)))


@PARSE_PATTERN.wrong("only innermost groups are written out: groups may contain groups", partial=True)
def writes_out_innermost_groups(text):
    if text.count("(") < 2 or "((" not in text:
        return _parse(text)
    return _without_optional(_write_out_innermost(text).split("-"))


@PARSE_PATTERN.wrong("a group ends at the first ): groups may contain groups", partial=True)
def closes_at_the_first_bracket(text):
    _parse(text)
    items = []
    for group, number, name in re.findall(r"\((.*?)\)(?:\*(\d+))?|([^-()*]+)", text):
        names = [part.strip("(") for part in group.split("-")] if group else [name]
        items += _without_optional(names) * int(number or 1)
    return items


@PARSE_PATTERN.wrong("a group without a number is refused: it should be written out once", partial=True)
def wants_a_number_after_each_group(text):
    if re.search(r"\)(?!\*)", text):
        raise ValueError("a group needs a number")
    return _parse(text)


@PARSE_PATTERN.wrong("the number of the outermost group is forgotten where groups are nested", partial=True)
def forgets_the_outer_number(text):
    def flat(items):
        return [part for item in items for part in (item if isinstance(item, tuple) else (item,))]

    def repeat(items, number):  # a group becomes a tuple, by which the group around it knows that it has one inside
        nested = any(isinstance(item, tuple) for item in items)
        return [tuple(flat(items) * (1 if nested else number))]

    return flat(_parse(text, repeat=repeat))


@PARSE_PATTERN.wrong("a group that is never closed is accepted: it should be refused", partial=True)
def closes_open_groups_itself(text):
    return _parse(text + ")" * (text.count("(") - text.count(")")))


@PARSE_PATTERN.wrong("a ) too many ends the text: what comes after it is lost", partial=True)
def stops_at_a_surplus_bracket(text):
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return _parse(text[:position])
    return _parse(text)


@PARSE_PATTERN.wrong("a missing item, as in conv--relu, isn't noticed: it should be refused", partial=True)
def skips_missing_items(text):
    return _parse(re.sub("-+", "-", text))


@PARSE_PATTERN.wrong("a * without a number counts as 1: it should be refused", partial=True)
def accepts_a_star_alone(text):
    return _parse(re.sub(r"\)\*(?!\d)", ")", text))


@PARSE_PATTERN.wrong("nothing is refused: a malformed text gives an empty list", partial=True)
def returns_an_empty_list(text):
    try:
        return _parse(text)
    except ValueError:
        return []


@PARSE_PATTERN.wrong(partial=True)
def raises_an_index_error(text):
    try:
        return _parse(text)
    except ValueError as error:
        raise IndexError(str(error)) from error


@PARSE_PATTERN.wrong("`*0` isn't refused: a group is repeated once or more", partial=True)
def accepts_no_repetition_at_all(text):
    return _parse(re.sub(r"\*0", "*1", text))


@PARSE_PATTERN.wrong("a group with nothing in it, `()`, isn't refused: an item is missing there", partial=True)
def accepts_an_empty_group(text):
    return _parse(text.replace("()", "(none?)"))


# These write out every pattern and refuse every malformed text, but name a wrong position, or none.


@PARSE_PATTERN.wrong("the message names no position: say where in the text the mistake is", partial=True)
def names_no_position(text):
    return _parse_naming(text, lambda position: f"malformed pattern: {text}")


@PARSE_PATTERN.wrong("the position is counted from 1: Python counts from 0", partial=True)
def counts_from_one(text):
    return _parse_naming(text, lambda position: f"{text!r}: character {position + 1} does not fit")


@PARSE_PATTERN.wrong("items and brackets are counted, not characters", partial=True)
def counts_pieces(text):
    def words(position):
        return f"piece number {len(re.findall(r'[A-Za-z0-9]+|[^A-Za-z0-9]', text[:position]))} is wrong"

    return _parse_naming(text, words)


@PARSE_PATTERN.wrong("the position is counted from the end of the text", partial=True)
def counts_what_is_left(text):
    return _parse_naming(text, lambda position: f"{len(text) - position} characters before the end of the text")


@PARSE_PATTERN.wrong("dashes are not counted: a position is an index into the text as it is", partial=True)
def counts_without_the_dashes(text):
    return _parse_naming(text, lambda position: f"position {len(text[:position].replace('-', ''))}")


@PARSE_PATTERN.wrong(partial=True)
def always_names_the_start(text):
    return _parse_naming(text, lambda position: "position 0 or later: it is malformed")


@PARSE_PATTERN.wrong(partial=True)
def names_the_character_alone(text):
    return _parse_naming(text, lambda position: f"{text[position : position + 1]!r} does not fit")


# Right answers.


@PARSE_PATTERN.right
def keeps_open_groups_on_a_stack(text):
    return _parse(text)


@PARSE_PATTERN.right
def rewrites_innermost_groups(text):
    """Check the grammar by shrinking the text to one item; then write groups out from the inside, as text."""
    shrunk, before = text, ""
    while shrunk != before:
        before = shrunk
        shrunk = re.sub(r"\([A-Za-z0-9]+\??(?:-[A-Za-z0-9]+\??)*\)(?:\*0*[1-9]\d*)?(?![A-Za-z0-9(*?])", "x", shrunk)
    if not re.fullmatch(r"[A-Za-z0-9]+\??(-[A-Za-z0-9]+\??)*", shrunk) or re.search(r"[A-Za-z0-9?)]\(", text):
        _parse(text)  # which says where
    while "(" in text:
        text = _write_out_innermost(text)
    return _without_optional(text.split("-"))


@PARSE_PATTERN.right
def cuts_at_outer_dashes(text):
    """Cut where no bracket is open, then look at each part alone; `start` is its position in the whole text."""

    def cut(text, start):
        depth, parts = 0, [""]
        for position, character in enumerate(text, start):
            depth += (character == "(") - (character == ")")
            if depth < 0:
                raise ValueError(f"there is a ) without a ( at {position}")
            if character == "-" and depth == 0:
                parts.append("")
            else:
                parts[-1] += character
        items = []
        for part in parts:
            items += read(part, start)
            start += len(part) + 1
        return items

    def read(part, start):
        fitting = re.match(r"[A-Za-z0-9]+\??", part)
        if part.startswith("("):
            depths = itertools.accumulate((letter == "(") - (letter == ")") for letter in part)
            closing = next((i for i, depth in enumerate(depths) if depth == 0), len(part))
            group = cut(part[1:closing], start + 1)
            fitting = re.compile(r"\)(?:\*0*([1-9]\d*))?").match(part, closing)
        if not fitting or fitting.end() < len(part):
            raise ValueError(f"the character at {start + (fitting.end() if fitting else 0)} doesn't fit")
        if part.startswith("("):
            return group * int(fitting[1] or 1)
        return _without_optional([part])

    return cut(text, 0)


@PARSE_PATTERN.right
def goes_through_once_from_the_back(text):
    """Read from right to left: a ) opens a group, with the number read just before, and its ( writes it out."""
    parse_pattern(text)
    stack: list[list[str]] = [[]]
    numbers: list[int] = []
    for name, number, closing, opening in re.findall(
        r"(\?[A-Za-z0-9]+|[A-Za-z0-9]+(?![A-Za-z0-9*]))|(?:(\d+)\*)?(\))|(\()", text[::-1]
    ):
        if closing:
            stack.append([])
            numbers.append(int(number[::-1] or 1))
        elif opening:
            group = stack.pop()
            stack[-1] += group * numbers.pop()
        elif not name.startswith("?"):
            stack[-1].append(name[::-1])
    return stack[0][::-1]


@PARSE_PATTERN.right
def speaks_of_an_index(text):
    try:
        return parse_pattern(text)
    except ValueError as error:
        position = _position(error)
        raise ValueError(f"[{position}] {text[position:]!r}? Not here, in {text}.") from error
