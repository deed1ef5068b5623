/** Runs before the first paint: the theme that was chosen, so that nothing flashes. */
const chosen = localStorage.getItem('zato-theme')
if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
