// Package pcapfile reads and writes packet capture files: pcap in all its magic
// numbers and pcapng (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng), plain or
// packed with gzip or zstd.
//
// A [Reader] yields packets of one stream without copying them, a [Timeline]
// those of several files as one sequence in time, and [Secrets] the TLS key logs
// that a pcapng file carries. What is damaged or cut is an [*Error] with its
// offset; the packets before it stand. What is inside a packet is for package
// packet.
//
// The reader is our own because the libraries at hand hide truncation, drop
// secrets that are not at the front, or allocate by lengths that they have not
// checked (docs/adr/0005-gopacket-fork.md).
package pcapfile
