package analysis

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
)

//go:embed vendors.json
var vendorData []byte

// vendor is what is known of the hosts of one service.
type vendor struct {
	Vendor    string
	LooksLike []string          `json:"looks_like"` // parts of names that claim to be the vendor's
	Domains   map[string]string // to the region, "" if they say nothing of it
	Socket    string            // first label of the hosts of its sockets, with the dot or hyphen
	Note      string
	Source    string
	Doubt     string
}

var vendors = sync.OnceValue(func() []vendor {
	var list []vendor
	if err := json.Unmarshal(vendorData, &list); err != nil {
		panic("vendors.json: " + err.Error()) // it is part of the program
	}
	return list
})

// domain returns the longest known domain that a host lies under.
func (v *vendor) domain(host string) (name, region string, ok bool) {
	for d, r := range v.Domains {
		if under(host, d) && len(d) > len(name) {
			name, region, ok = d, r, true
		}
	}
	return name, region, ok
}

func under(host, domain string) bool {
	return host == domain || strings.HasSuffix(host, "."+domain)
}

// claims reports whether a host's name looks as if it were the vendor's.
func (v *vendor) claims(host string) bool {
	for _, part := range v.LooksLike {
		if strings.Contains(host, part) {
			return true
		}
	}
	return false
}

// regionLabels are labels of host names that say where a host is, and the area they
// stand for.
var regionLabels = map[string]string{
	"us": "us", "usa": "us", "na": "us", "na1": "us", "use1": "us", "use2": "us", "usw1": "us", "usw2": "us", "nam": "us",
	"eu": "eu", "eu1": "eu", "emea": "eu", "euw1": "eu", "euw2": "eu", "euc1": "eu", "euc2": "eu", "de": "eu", "ie": "eu", "fr": "eu",
	"uk": "uk", "uk1": "uk", "gb": "uk",
	"sg": "ap-southeast", "apse1": "ap-southeast", "apse2": "ap-southeast", "apac": "ap", "ap": "ap", "au": "au", "au1": "au", "jp": "jp", "jp1": "jp",
	"aps1": "in", "kr": "kr", "ca": "ca", "ca1": "ca", "cac1": "ca", "br": "sa", "sae1": "sa",
}

// areaOf returns the area that a host's name speaks of, "" if none.
func areaOf(host string) string {
	for _, v := range vendors() {
		if _, region, ok := v.domain(host); ok && region != "" {
			return areaOfRegion(region)
		}
	}
	for _, label := range strings.FieldsFunc(host, func(r rune) bool { return r == '.' || r == '-' || r == '_' }) {
		if area := regionLabels[label]; area != "" {
			return area
		}
	}
	return ""
}

// areaOfRegion returns the area of a region as clouds name them.
func areaOfRegion(region string) string {
	switch region {
	case "ap-southeast-1":
		return "ap-southeast"
	case "ap-southeast-2":
		return "au"
	case "ap-northeast-1", "ap-northeast-3":
		return "jp"
	case "ap-northeast-2":
		return "kr"
	case "ap-south-1":
		return "in"
	case "eusc-de-east-1":
		return "eu"
	}
	area, _, _ := strings.Cut(region, "-")
	return area
}
