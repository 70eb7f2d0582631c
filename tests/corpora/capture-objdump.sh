#!/bin/sh
# Captures the x86-disasm-* corpora. Run by hand when the tables change, never by a test:
#
#   tests/corpora/capture-objdump.sh CLASSPATH [BINARY]
#
# CLASSPATH holds the compiled bundles (with the root of arch.x86, for its isa folder) and the compiled arch.x86 tests;
# BINARY is an x86-64 ELF file whose code is captured, the C library when it is left out.
set -eu
classpath=$1
binary=${2:-/lib/x86_64-linux-gnu/libc.so.6}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(objdump --version | sed -n '1s/.* \([0-9.]*\)$/\1/p')
tool="java -cp $classpath dev.ringside.arch.x86.text.DisassemblyCorpus"

for bits in 16 32 64; do
    case $bits in 16) machine=i8086 ;; 32) machine=i386 ;; 64) machine=i386:x86-64 ;; esac
    $tool bytes $bits "$work/bytes"
    objdump -D -z -w -b binary -m $machine -M intel,intel64 --insn-width=16 "$work/bytes" > "$work/listing"
    $tool text $bits "$work/listing" "$here/x86-disasm-$bits-objdump-$version.txt" "$bits-bit code: address, bytes, text.
Bytes: EncodingSamples, seed 2. Text: GNU objdump (binutils) $version, -M intel,intel64, normalised as README-x86-disasm.md says."

    $tool random $bits "$work/bytes"
    objdump -D -z -w -b binary -m $machine -M intel,intel64 --insn-width=16 "$work/bytes" > "$work/listing"
    $tool randomtext $bits "$work/listing" "$here/x86-disasm-random$bits-objdump-$version.txt" "Random bytes as $bits-bit code: address, bytes (one more than it takes), length and text, or (bad).
Text: GNU objdump (binutils) $version, -M intel,intel64, normalised as README-x86-disasm.md says."
done

# Code of compilers, without its symbols; no AVX, AVX-512 and TSX, which are beyond our processor.
start=$(objdump -T "$binary" | awk '$NF == "malloc" { print "0x" $1; exit }')
base=0x$(objdump -h "$binary" | awk '$2 == ".text" { print $4 }')
objcopy -O binary -j .text "$binary" "$work/code"
objdump -D -z -w -b binary -m i386:x86-64 -M intel,intel64 --insn-width=16 --adjust-vma="$base" --start-address="$start" "$work/code" \
    | awk -F'\t' '$3 !~ /^(v|k|x(begin|end|test|abort)|(rd|wr)pkru)/' | head -6000 > "$work/listing"
$tool code "$work/listing" "$here/x86-disasm-code64-objdump-$version.txt" "64-bit code that a compiler made: address, bytes, text.
Bytes: 6000 lines of $(basename "$(readlink -f "$binary")") from malloc on (GNU C Library, LGPL-2.1-or-later). Text: GNU objdump (binutils) $version,
-M intel,intel64, normalised as README-x86-disasm.md says."
wc -c "$here"/x86-disasm-*
