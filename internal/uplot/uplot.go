// Package uplot holds uPlot (https://github.com/leeoniya/uPlot), which draws the time
// axes of the report and of the live page. It is vendored unchanged; VERSIONS says
// which, LICENSE under what terms.
package uplot

import _ "embed"

// Script defines the global uPlot.
//
//go:embed uplot.js
var Script string

// Style is the style sheet that its charts need.
//
//go:embed uplot.css
var Style string
