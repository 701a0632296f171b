// The m largest of a stream of words, kept in order by a warp.
#pragma once

#include <shoal/backend/gpu_team.cuh>

namespace shoal {

/// Inserts `word` into the m words of `best`, which are in descending order; the last one is dropped. Pre:
/// word > best[m − 1]. Done by a warp: 32 places at a time from the end, which all threads read before any of
/// them is moved by one.
template <class Exec>
SHOAL_HD void insert_word(Exec& exec, std::uint64_t* best, Index m, std::uint64_t word) {
  for (Index first = (m - 1) / warp_size * warp_size; first >= 0; first -= warp_size) {
    const Index place = first + warp_lane(exec);
    const std::uint64_t held = place < m ? best[place] : 0;
    const unsigned better = exec.ballot(held > word);
    if (place + 1 < m && held < word) best[place + 1] = held;
    exec.warp_barrier();
    if (better == 0 && first > 0) continue;
    // The better words come first, so their number is the position of the word.
    if (warp_lane(exec) == 0) best[first + bit_count(better)] = word;
    exec.warp_barrier();
    return;
  }
}

/// Merges `count` words, where word_of(j) is the j-th (0: none), into the m words of `best`, which are in
/// descending order. Done by a warp, 128 words at a time, so that their loads overlap and one vote passes
/// them over where none is better than the last of the best.
template <class Exec, class WordOf>
SHOAL_HD void merge_words(Exec& exec, Index count, const WordOf& word_of, std::uint64_t* best, Index m) {
  constexpr int wide = 4;
  std::uint64_t last = best[m - 1];
  for (Index first = 0; first < count; first += wide * warp_size) {
    std::uint64_t word[wide];
    bool better = false;
    for (int k = 0; k < wide; ++k) {
      const Index j = first + k * warp_size + warp_lane(exec);
      word[k] = j < count ? word_of(j) : 0;
      better = better || word[k] > last;
    }
    if (exec.ballot(better) == 0) continue;
    for (int k = 0; k < wide; ++k)
      for (unsigned bits = exec.ballot(word[k] > last); bits != 0; bits &= bits - 1) {
        const std::uint64_t next = exec.shuffle(word[k], lowest_bit(bits));
        if (next <= last) continue;
        insert_word(exec, best, m, next);
        last = best[m - 1];
      }
  }
}

}  // namespace shoal
