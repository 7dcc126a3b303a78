// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

/// Names that people type.
namespace credence::estimate_detail {

/// Lower case, with _ for - and blanks.
inline std::string plain(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (c == '-' || c == ' ') c = '_';
  }
  return out;
}

/// Letters to change, add or drop to make one name of the other.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t up = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = up;
    }
  }
  return row[b.size()];
}

/// The few names nearest to the wanted one, nearest first.
inline std::vector<std::string> nearest_names(std::string_view wanted, std::vector<std::string> known,
                                              std::size_t count = 3) {
  const std::string from = plain(wanted);
  std::stable_sort(known.begin(), known.end(), [&](const std::string& a, const std::string& b) {
    return edit_distance(from, plain(a)) < edit_distance(from, plain(b));
  });
  if (known.size() > count) known.resize(count);
  return known;
}

/// "one of a, b, c (did you mean a?)"
inline std::string one_of(std::string_view wanted, const std::vector<std::string>& known) {
  std::string out = "one of";
  for (std::size_t k = 0; k < known.size(); ++k) out += (k == 0 ? " " : ", ") + known[k];
  const auto near = nearest_names(wanted, known, 1);
  if (!near.empty()) out += " (did you mean " + near[0] + "?)";
  return out;
}

}  // namespace credence::estimate_detail
