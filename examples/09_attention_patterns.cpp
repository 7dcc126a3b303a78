// SPDX-License-Identifier: BSD-3-Clause
// The patterns of efficient attention as matrices, drawn into one SVG: a row is a query, a column a key, ink is "may
// see". Give a file name to keep the drawing.
#include "credence/attention/learned_pattern.hpp"
#include "credence/random/fill.hpp"

#include <cstdio>
#include <fstream>
#include <string>

using namespace credence;

namespace {

constexpr std::int64_t n = 64;

/// One matrix with its name; runs of seen keys become one rectangle each.
std::string draw(const std::string& name, const attention::block_mask& mask, std::int64_t number) {
  const std::int64_t left = number % 4 * 290 + 10, top = number / 4 * 300 + 30;
  std::string out =
      "<text x=\"" + std::to_string(left) + "\" y=\"" + std::to_string(top - 8) + "\">" + name + "</text>\n";
  out += "<g transform=\"translate(" + std::to_string(left) + " " + std::to_string(top) + ") scale(4)\">" +
         "<rect width=\"64\" height=\"64\" fill=\"#eef\"/>\n";
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n;) {
      std::int64_t end = j;
      while (end < n && mask.visible(i, end)) ++end;
      if (end > j) {
        out += "<rect x=\"" + std::to_string(j) + "\" y=\"" + std::to_string(i) + "\" width=\"" +
               std::to_string(end - j) + "\" height=\"1\"/>";
      }
      j = end + 1;
    }
  }
  return out + "</g>\n";
}

}  // namespace

int main(int argc, char** argv) {
  const attention::block_sizes blocks{8, 8};
  const std::vector<std::int64_t> tokens{0, 1, 31};
  const auto ctx = exec::cpu();
  tensor<double> q({n, 8}), k({n, 8});
  random::fill_normal(rng_key{1, 0}, q.elements());
  random::fill_normal(rng_key{2, 0}, k.elements());
  const auto labels = attention::find_clusters<double>(ctx, q.view<2>(), k.view<2>(), {.clusters = 4, .key = rng_key{3, 0}});
  const attention::sinkhorn_pattern_options sorting{.block = 8, .partners = 1};
  const auto plan = attention::sinkhorn_plan<double>(ctx, q.view<2>(), k.view<2>(), sorting);

  struct pattern {
    const char* name;
    attention::block_mask mask;
  };
  const pattern all[] = {
      {"local", attention::local_mask(n, n, 6, 6, blocks)},
      {"strided", attention::strided_mask(n, n, 8, blocks)},
      {"global tokens", attention::global_mask(n, n, tokens, blocks)},
      {"random blocks", attention::random_mask(n, n, 2, rng_key{5, 0}, blocks)},
      {"BigBird", attention::big_bird_mask(n, n, {.local = 1, .global = 1, .random = 1}, rng_key{6, 0}, blocks)},
      {"clusters", attention::label_mask(labels.queries, labels.keys, blocks)},
      {"Sinkhorn sorting", attention::sinkhorn_mask(plan, n, n, sorting)},
      {"strided and local",
       attention::merge(attention::strided_mask(n, n, 8, blocks), attention::local_mask(n, n, 3, 0, blocks))},
  };
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1170\" height=\"620\" font-family=\"sans-serif\">\n";
  std::int64_t number = 0;
  bool sensible = true;
  for (const pattern& p : all) {
    svg += draw(p.name, p.mask, number++);
    std::printf("%-18s %4lld of %lld pairs\n", p.name, static_cast<long long>(p.mask.visible_pairs()),
                static_cast<long long>(n * n));
    sensible = sensible && p.mask.visible_pairs() > 0 && p.mask.visible_pairs() < n * n;
  }
  svg += "</svg>\n";
  if (argc > 1) std::ofstream(argv[1]) << svg;
  return sensible ? 0 : 1;
}
