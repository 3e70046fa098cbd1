package matchsim

import (
	_ "embed" // the page's template
	"html/template"
	"io"
)

//go:embed page.html
var pageText string

// WriteHTML writes reports as one page that loads nothing from elsewhere.
func WriteHTML(w io.Writer, reports ...*Report) error {
	page, err := template.New("page").Parse(pageText)
	if err != nil {
		return err
	}
	type shown struct {
		*plot
		Drawing template.HTML
	}
	var charts []shown
	for _, p := range plots(reports) {
		charts = append(charts, shown{p, template.HTML(p.SVG())}) // numbers and our own words alone
	}
	var titles []string
	for _, r := range reports {
		titles = append(titles, title(r))
	}
	type line struct {
		Name    string
		Figures []string
	}
	var lines []line
	for _, row := range rows {
		l := line{Name: row.name}
		for _, r := range reports {
			l.Figures = append(l.Figures, row.of(r))
		}
		lines = append(lines, l)
	}
	return page.Execute(w, map[string]any{"Titles": titles, "Lines": lines, "Charts": charts})
}
