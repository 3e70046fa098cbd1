/** Whether a key is for what has the focus, a text field or a menu, and not for the page. */
export function isTyping({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return true;
  if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && target.type === "text";
}

/** Calls what a key, by its code, stands for, once for each press. */
export function onKeys(keys: Readonly<Record<string, () => void>>): void {
  addEventListener("keydown", (event) => {
    const act = keys[event.code];
    if (act === undefined || event.repeat || isTyping(event)) return;
    event.preventDefault(); // or the key would be typed into the field that it opens
    act();
  });
}
