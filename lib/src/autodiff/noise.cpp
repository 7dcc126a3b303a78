// SPDX-License-Identifier: BSD-3-Clause
#include "noise.hpp"

#include "credence/base/errors.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"

#include <algorithm>

namespace credence::detail {

void fill_noise(const std::vector<noise_slot>& slots, const tile& t, const evaluation_options& options,
                frame<double>& f) {
  for (const noise_slot& slot : slots) {
    for (std::int64_t l = 0; l < t.width; ++l) {
      const std::int64_t lane = options.first_lane + t.first + std::min(l, t.lanes - 1);
      const rng_key key = options.noise_key.split(purpose::program_noise, static_cast<std::uint64_t>(lane),
                                                  options.replay, static_cast<std::uint64_t>(slot.call));
      for (std::int64_t e = 0; e < slot.size; ++e) {
        const auto index = static_cast<std::uint64_t>(e);
        f.values[(slot.offset + e) * t.width + l] =
            slot.normal ? random::normal(key, index) : random::uniform(key, index);
      }
    }
  }
}

void refuse_noise(const char* where, const std::vector<noise_slot>& slots) {
  if (!slots.empty())
    throw domain_error(std::string(where) + ": the program draws noise, so it has no fixed derivative");
}

}  // namespace credence::detail
