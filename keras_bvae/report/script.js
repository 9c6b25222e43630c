// Copies a command. Without a clipboard, as in some browsers for files from disk, the
// line is selected, ready for the keyboard.
for (const button of document.querySelectorAll(".command button")) {
  const line = button.parentElement.querySelector("code");
  button.hidden = false;
  const say = (text) => {
    button.textContent = text;
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };
  const select = () => {
    getSelection().selectAllChildren(line);
    say("Selected");
  };
  button.addEventListener("click", () => {
    if (!navigator.clipboard) { select(); return; }
    navigator.clipboard.writeText(line.textContent).then(() => say("Copied"), select);
  });
}

// What scrolls sideways can be reached, and then scrolled, by the keyboard.
const reach = () => {
  for (const box of document.querySelectorAll(".wide")) {
    if (box.scrollWidth > box.clientWidth) { box.tabIndex = 0; } else { box.removeAttribute("tabindex"); }
  }
};
addEventListener("load", reach);
addEventListener("resize", reach);
