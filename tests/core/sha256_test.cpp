#include <vector>

#include <doctest/doctest.h>

#include <shoal/core/sha256.hpp>

using namespace shoal;

namespace {
std::string of(std::string_view text) {
  Sha256 sha;
  sha.update(text);
  return sha.hex();
}
}  // namespace

TEST_CASE("SHA-256 of the examples of FIPS 180-4") {
  CHECK(of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(of(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("the digest doesn't depend on the pieces in which bytes come") {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 7);
  for (std::size_t piece = 1; piece <= 130; piece += 3) {
    Sha256 sha;
    for (std::size_t at = 0; at < text.size(); at += piece) sha.update(text.substr(at, piece));
    CHECK(sha.hex() == of(text));
  }
  for (std::size_t length = 50; length < 70; ++length)
    CHECK(of(text.substr(0, length)) != of(text.substr(0, length + 1)));
  const std::vector<std::uint32_t> words{0x64636261};
  CHECK(sha256(std::span<const std::uint32_t>(words)) == of("abcd"));
}
