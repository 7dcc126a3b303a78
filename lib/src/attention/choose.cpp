// SPDX-License-Identifier: BSD-3-Clause
#include "credence/attention/choose.hpp"

#include <algorithm>

namespace credence::attention {

std::int64_t count_pairs(const attention_size& size, std::int64_t pairs) { return pairs * (size.d + size.dv); }
std::int64_t count_exact(const attention_size& size) { return count_pairs(size, size.queries * size.keys); }

std::int64_t causal_pairs(const attention_size& size) {
  const std::int64_t full = std::min(size.queries, size.keys);
  return full * (full + 1) / 2 + (size.queries - full) * size.keys;
}

std::int64_t count_linear(const attention_size& size, std::int64_t features, bool random_features) {
  const std::int64_t products = (size.keys + size.queries) * features * size.dv;
  return products + (random_features ? (size.keys + size.queries) * features * size.d : 0);
}

std::int64_t count_linear_causal(const attention_size& size, std::int64_t features, bool random_features,
                                 std::int64_t chunk) {
  check::at_least("count_linear_causal", "chunk", chunk, 1);
  const std::int64_t whole = size.queries / chunk, rest = size.queries % chunk;
  return count_linear(size, features, random_features) + (whole * chunk * chunk + rest * rest) * (features + size.dv);
}

std::int64_t count_linformer(const attention_size& size, std::int64_t rank) {
  return rank * size.keys * (size.d + size.dv) + count_pairs(size, size.queries * rank);
}

std::int64_t linear_crossover(std::int64_t d, std::int64_t dv, std::int64_t features, bool random_features) {
  check::at_least("linear_crossover", "d", d, 1);
  check::at_least("linear_crossover", "dv", dv, 1);
  // N^2 (d + dv) > 2 N m dv (+ 2 N m d)
  return 2 * features * (random_features ? d + dv : dv) / (d + dv) + 1;
}

choice choose(const choice_question& question) {
  const char* where = "attention::choose";
  const attention_size& size = question.size;
  check::at_least(where, "queries", size.queries, 1);
  check::at_least(where, "keys", size.keys, 1);
  check::at_least(where, "d", size.d, 1);
  check::at_least(where, "dv", size.dv, 1);
  choice out;
  out.all.push_back({"exact", count_pairs(size, question.causal ? causal_pairs(size) : size.queries * size.keys)});
  if (question.mask != nullptr) out.all.push_back({"blocks", count_pairs(size, question.mask->computed_pairs())});
  if (question.features > 0) {
    constexpr std::int64_t chunk = 128;
    out.all.push_back({"linear", question.causal
                                     ? count_linear_causal(size, question.features, question.random_features, chunk)
                                     : count_linear(size, question.features, question.random_features)});
  }
  if (question.rank > 0 && !question.causal) out.all.push_back({"linformer", count_linformer(size, question.rank)});
  std::stable_sort(out.all.begin(), out.all.end(),
                   [](const counted_form& a, const counted_form& b) { return a.multiplications < b.multiplications; });
  out.best = out.all.front();
  out.reason = out.best.name + ": " + std::to_string(out.best.multiplications) + " multiplications a head";
  for (std::size_t i = 1; i < out.all.size(); ++i) {
    out.reason +=
        (i == 1 ? " against " : ", ") + std::to_string(out.all[i].multiplications) + " (" + out.all[i].name + ")";
  }
  return out;
}

}  // namespace credence::attention
