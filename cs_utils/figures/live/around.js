// Runs in the notebook: gives each live picture the height that it asks for, and the page's theme.
if (!window.livePictures) {
  const all = () => [...document.querySelectorAll("iframe.live-picture")];
  const theme = () => {
    const light = document.body.dataset.jpThemeLight; // JupyterLab and Notebook 7 say it here
    return light ? (light === "true" ? "light" : "dark") : document.documentElement.dataset.theme || "";
  };
  const tell = (frame, ask) => frame.contentWindow && frame.contentWindow.postMessage({ theme: theme(), ask }, "*");
  window.addEventListener("message", ({ source, data }) => {
    const frame = all().find((each) => each.contentWindow === source);
    if (!frame || !data || !(data.height > 0)) return;
    frame.style.height = `${Math.min(Math.ceil(data.height), 4000)}px`;
    tell(frame, false);
  });
  document.addEventListener("load", ({ target }) => { // capturing: loads don't bubble
    if (target instanceof Element && target.matches("iframe.live-picture")) tell(target, true);
  }, true);
  window.livePictures = () => all().forEach((frame) => tell(frame, true));
  const watch = new MutationObserver(window.livePictures);
  watch.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
window.livePictures(); // those that were drawn before this ran
