#!/usr/bin/env bash
# install.sh SOURCE BUILD CXX: what `cmake --install` leaves. The headers alone need nothing but a compiler, and the laws
# among them test a user's own part without a test framework; a build with the command installs it and its manual pages.
set -euo pipefail
source=$1 build=$2 cxx=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed() { echo "$1"; exit 1; }

# Where CLI11, nlohmann-json and doctest are missing, both ways to configure work.
without=(-DCMAKE_CXX_COMPILER="$cxx")
for package in CLI11 nlohmann_json doctest; do without+=(-DCMAKE_DISABLE_FIND_PACKAGE_$package=ON); done
cmake -S "$source" -B "$work/plain" "${without[@]}" > "$work/log"
grep -q 'tests OFF, examples ON, command OFF' "$work/log" || failed "configured: $(cat "$work/log")"
cmake -S "$source" -B "$work/headers" "${without[@]}" -DSHOAL_HEADERS_ONLY=ON > "$work/log"
cmake --install "$work/headers" --prefix "$work/prefix" > /dev/null
[ ! -e "$work/prefix/bin" ] && [ ! -e "$work/prefix/lib/libshoal_compiled.a" ] || failed "more than headers is installed"

# A sampler that draws by place in the batch breaks the laws, and is told which line of them.
cat > "$work/own.cpp" <<'CODE'
#include <cstdio>
#include <shoal/laws/row_source.hpp>

struct Backwards {  // gather() forgets the order of ids
  shoal::Index rows() const { return 5; }
  shoal::Index cols() const { return 1; }
  void read(shoal::Index first, shoal::MatrixView<float> out) const {
    for (shoal::Index i = 0; i < out.rows; ++i) out.row(i)[0] = float(first + i);
  }
  void gather(std::span<const shoal::Index> ids, shoal::MatrixView<float> out) const {
    for (std::size_t i = 0; i < ids.size(); ++i) out.row(shoal::Index(ids.size() - 1 - i))[0] = float(ids[i]);
  }
  void will_need(shoal::Index, shoal::Index) const {}
};

int main() try {
  shoal::laws::row_source(Backwards{});
  return 1;
} catch (const shoal::error& e) {
  std::puts(e.what());
}
CODE
"$cxx" -std=c++20 -Wall -Wextra -Wconversion -Wshadow -I "$work/prefix/include" "$work/own.cpp" -o "$work/own" -pthread
"$work/own" | grep -q 'laws/row_source.hpp:[0-9]* does not hold' || failed "the law says: $("$work/own")"

# pkg-config gives the same flags, also where the folder has been moved since.
if command -v pkg-config > /dev/null; then
  mv "$work/prefix" "$work/moved"
  folder=$(dirname "$(find "$work/moved" -name shoal.pc)")
  flags=$(PKG_CONFIG_PATH=$folder pkg-config --cflags --libs shoal)
  "$cxx" -fsyntax-only $flags "$work/own.cpp" || failed "pkg-config gives $flags"
fi

[ -x "$build/shoal" ] || exit 0
cmake --install "$build" --prefix "$work/all" > "$work/log"
grep -q "not in PATH: export PATH=$work/all/bin:" "$work/log" || failed "installing says nothing of PATH: $(tail -1 "$work/log")"
PATH=$work/all/bin:$PATH cmake --install "$build" --prefix "$work/all" > "$work/log"
if grep -q 'not in PATH' "$work/log"; then failed "installing asks for what PATH has"; fi
[ "$("$work/all/bin/shoal" --version)" = "$("$build/shoal" --version)" ] || failed "the command is not installed"
for file in bash-completion/completions/shoal zsh/site-functions/_shoal fish/vendor_completions.d/shoal.fish; do
  [ -s "$work/all/share/$file" ] || failed "there is no completion $file"
done
for page in shoal shoal-cluster shoal-hierarchy-cut; do
  [ -s "$work/all/share/man/man1/$page.1" ] || failed "there is no manual page $page"
done
# A page has each option of --help, and reads without complaint.
for option in $("$build/shoal" cluster --help | grep -oE '^  --[a-z0-9-]+'); do
  grep -qF -- "${option//-/\\-}" "$work/all/share/man/man1/shoal-cluster.1" || failed "the manual page lacks $option"
done
if command -v groff > /dev/null; then
  for page in "$work"/all/share/man/man1/*.1; do
    said=$(groff -man -Tutf8 -ww -K utf8 "$page" 2>&1 > /dev/null || true)
    [ -z "$said" ] || failed "$(basename "$page"): $said"
  done
fi
