// Package packet finds the TCP segment in a captured packet: link layer, VLAN tags,
// tunnels, IPv4 with its fragments and IPv6 with its extension headers.
//
// It understands Ethernet, Linux "cooked" captures, loopback, PPP and raw IP;
// VLAN and QinQ, MPLS, PPPoE; GRE with ERSPAN, VXLAN, Geneve and IP in IP, which is how
// mirrored traffic travels. What it skips it counts, by reason and by the name of the link
// type, so that a summary can tell an empty capture from one that was not
// understood.
//
// Checksums are not verified: a capture on a sending host is made before the network card fills
// them in. An IP length of zero, as segmentation offload leaves it, means the rest of the packet.
package packet
