// SPDX-License-Identifier: BSD-3-Clause
// Boosting and forests on rows that the peers in Python read from the file written here.
#include "rows.hpp"

#include "credence/ensemble/forest.hpp"
#include "credence/ensemble/gradient_boosting.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"

#include <cmath>
#include <fstream>
#include <memory>

namespace credence::peers {

namespace {

using namespace ensemble;

constexpr std::int64_t columns = 28, raw = 21;

struct higgs_like {
  std::vector<float> x;
  std::vector<double> y;
  [[nodiscard]] labelled_rows rows(std::int64_t n) const {
    return {view<const float, 2>(x.data(), n, columns),
            std::span<const double>(y).first(static_cast<std::size_t>(n)),
            2,
            {},
            {}};
  }
};

/// 21 normal columns, seven products of them, and a class that depends on some.
std::shared_ptr<const higgs_like> data() {
  static std::shared_ptr<const higgs_like> kept;
  if (kept != nullptr) return kept;
  auto made = std::make_shared<higgs_like>();
  const rng_key key{1, 0};
  for (std::int64_t i = 0; i < 200000; ++i) {
    float row[columns];
    for (std::int64_t c = 0; c < raw; ++c) {
      row[c] = random::normal<float>(key.split(purpose::user, 1), static_cast<std::uint64_t>(i * raw + c));
    }
    for (std::int64_t c = raw; c < columns; ++c) row[c] = row[c - raw] * row[c - raw + 7];
    const auto v = [&](std::int64_t c) { return static_cast<double>(row[c]); };
    const double z = 0.8 * std::sin(2.0 * v(0)) + 0.7 * v(1) * v(8) + 0.5 * v(2) * v(2) - 0.5 +
                     0.6 * v(3) * std::tanh(v(4)) + 0.4 * v(5);
    const double u = random::uniform(key.split(purpose::user, 2), static_cast<std::uint64_t>(i));
    made->y.push_back(u < 1.0 / (1.0 + std::exp(-1.2 * z)) ? 1.0 : 0.0);
    made->x.insert(made->x.end(), row, row + columns);
  }
  std::ofstream file(input_folder() + "/higgs_like.f32", std::ios::binary);
  file.write(reinterpret_cast<const char*>(made->x.data()),
             static_cast<std::streamsize>(made->x.size() * sizeof(float)));
  const std::vector<float> y(made->y.begin(), made->y.end());
  file.write(reinterpret_cast<const char*>(y.data()), static_cast<std::streamsize>(y.size() * sizeof(float)));
  return kept = made;
}

}  // namespace

void add_ensemble_rows(rows& all) {
  all.add("boosting 200000 x 28, depth 6", [] {
    const auto rows = data();
    return row{1.0, [=] { keep(gradient_boosting::fit(rows->rows(200000), {.context = exec::cpu(1)})); }};
  });
  all.add("boosting predict, 100 trees of depth 6", [] {
    const auto rows = data();
    const auto model =
        std::make_shared<const gradient_boosting>(gradient_boosting::fit(rows->rows(20000), {.context = exec::cpu(1)}));
    return row{200000.0, [=] { keep(model->predict(rows->rows(200000).x, exec::cpu(1))); }};
  });
  for (const bool extra : {false, true}) {
    all.add(extra ? "extra trees 20000 x 28" : "random forest 20000 x 28", [=] {
      const auto rows = data();
      return row{1.0, [=] {
                   forest_options o = extra ? extra_trees() : forest_options();
                   o.context = exec::cpu(1);
                   keep(forest::fit(rows->rows(20000), o));
                 }};
    });
  }
}

}  // namespace credence::peers
