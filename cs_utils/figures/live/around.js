// Runs in the notebook, once per page: gives each live picture the height that it asks for, and the page's theme.
if (!window.livePictures) {
  window.livePictures = true;
  const all = () => [...document.querySelectorAll("iframe.live-picture")];
  const theme = () => {
    const light = document.body.dataset.jpThemeLight; // JupyterLab and Notebook 7 say it here
    return light ? (light === "true" ? "light" : "dark") : document.documentElement.dataset.theme || "";
  };
  const tell = (frame) => frame.contentWindow && frame.contentWindow.postMessage({ theme: theme() }, "*");
  window.addEventListener("message", ({ source, data }) => {
    const frame = all().find((each) => each.contentWindow === source);
    if (!frame || !data || !(data.height > 0)) return;
    frame.style.height = `${Math.min(Math.ceil(data.height), 4000)}px`;
    tell(frame);
  });
  const watch = new MutationObserver(() => all().forEach(tell));
  watch.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
