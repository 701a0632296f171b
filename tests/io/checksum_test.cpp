#include <algorithm>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include <shoal/io/checksum.hpp>

using namespace shoal;

TEST_CASE("any flipped bit changes the sum, and so do zeros at the end") {
  for (std::size_t bytes = 0; bytes <= 33; ++bytes) {
    std::vector<unsigned char> data(bytes);
    for (std::size_t i = 0; i < bytes; ++i) data[i] = static_cast<unsigned char>(37 * i + bytes);
    const std::uint64_t own = checksum(data.data(), bytes);
    std::set<std::uint64_t> sums{own};
    for (std::size_t bit = 0; bit < 8 * bytes; ++bit) {
      data[bit / 8] ^= static_cast<unsigned char>(1u << bit % 8);
      sums.insert(checksum(data.data(), bytes));
      data[bit / 8] ^= static_cast<unsigned char>(1u << bit % 8);
    }
    CHECK(sums.size() == 8 * bytes + 1);
    data.push_back(0);
    CHECK(checksum(data.data(), bytes + 1) != own);
  }
}

TEST_CASE("the sum is of the bytes alone, wherever they lie") {
  std::vector<unsigned char> data(64);
  const unsigned char text[] = "twenty-one bytes long";
  for (std::size_t at = 0; at < 16; ++at) {
    std::fill(data.begin(), data.end(), static_cast<unsigned char>(at));  // what lies around them differs
    std::copy_n(text, 21, data.begin() + static_cast<std::ptrdiff_t>(at));
    CHECK(checksum(data.data() + at, 21) == checksum(text, 21));
  }
}

TEST_CASE("files that were written stay readable: the sums are those of the first version") {
  // By hand: the offset basis; ((basis ^ 8) ^ 1) · prime, folded.
  CHECK(checksum(nullptr, 0) == 0xCBF29CE484222325u);
  const std::uint64_t one = 1;
  std::uint64_t expected = (0xCBF29CE484222325u ^ 9u) * 0x100000001B3u;
  expected ^= expected >> 32;
  CHECK(checksum(&one, 8) == expected);
}

TEST_CASE("the interleaved checksum tells every changed byte and every length") {
  std::vector<unsigned char> bytes(333);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i * 7);
  std::set<std::uint64_t> seen;
  for (std::size_t length = 0; length <= bytes.size(); ++length)
    seen.insert(shoal::interleaved_checksum(bytes.data(), length));
  CHECK(seen.size() == bytes.size() + 1);
  for (unsigned char& byte : bytes) {
    byte ^= 16;
    seen.insert(shoal::interleaved_checksum(bytes.data(), bytes.size()));
    byte ^= 16;
  }
  CHECK(seen.size() == 2 * bytes.size() + 1);
}
