// SPDX-License-Identifier: BSD-3-Clause
// Small exercises of lecture notes on arrays, derivatives and quadratic forms.
#include "exercises/exercise.hpp"

#include "credence/autodiff/program.hpp"
#include "credence/optim/quadratic.hpp"
#include "credence/tensor/matrix_chain.hpp"
#include "credence/tensor/window.hpp"

#include <algorithm>
#include <cmath>

namespace credence::exercises {

namespace {

std::vector<answer> running_mean() {
  // w <- w - (w - x_k) / k, whatever w was: a recurrence over a million numbers, recorded as one operation.
  const std::int64_t n = 1'000'000;
  std::vector<double> x(static_cast<std::size_t>(n)), k(x.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = 2.0 + std::sin(static_cast<double>(i));
    k[i] = static_cast<double>(i + 1);
    sum += x[i];
  }
  const program recursion =
      model([&](recorder& r) {
        const var w = r.scan(r.parameter("start"), {r.data("x"), r.data("k")},
                             [](const var& s, const std::vector<var>& row) { return s - (s - row[0]) / row[1]; });
        r.prior += w[n - 1];
      }).compile({{"x", data_array(x)}, {"k", data_array(k)}});
  lanes<double> starts(1, 2);
  starts(0, 0) = -57.0;
  starts(0, 1) = 1e6;
  double last[2];
  recursion.evaluate(exec::cpu(1), starts, last, {});
  const double mean = sum / static_cast<double>(n);
  return {{"mean of a million, from -57", mean, last[0], 1e-12, "rounding of a million steps"},
          {"mean of a million, from 1,000,000", mean, last[1], 1e-12, "rounding of a million steps"}};
}

std::vector<answer> directional_derivative() {
  const program f = model([](recorder& r) { r.prior += square(r.parameter("xy", {2})); }).compile({});
  lanes<double> at(2, 2), along(2, 2);
  const double directions[2][2] = {{3.0, 4.0}, {1.0, 0.0}};
  for (std::int64_t lane = 0; lane < 2; ++lane) {
    const double length = std::hypot(directions[lane][0], directions[lane][1]);
    for (std::int64_t d = 0; d < 2; ++d) {
      at(d, lane) = d == 0 ? 1.0 : 2.0;
      along(d, lane) = directions[lane][d] / length;
    }
  }
  double value[2], slope[2];
  f.directional_derivative(exec::cpu(1), at, along, value, slope);
  return {exactly("along (3, 4)", 4.4, slope[0]), exactly("along (1, 0)", 2.0, slope[1])};
}

std::vector<answer> sliding_window() {
  const tensor<double> x({8}, {1, 3, -1, -3, 5, 3, 6, 7});
  const tensor<double> most = sliding_maximum(exec::cpu(), x, 3, 0);
  const double expected[] = {3, 3, 5, 5, 6, 7};
  std::vector<answer> answers{exactly("windows", 6.0, static_cast<double>(most.size()))};
  for (std::int64_t i = 0; i < std::min<std::int64_t>(6, most.size()); ++i) {
    answers.push_back(exactly("maximum of window " + std::to_string(i + 1), expected[i], most[i]));
  }
  return answers;
}

std::vector<answer> cross_correlation() {
  const tensor<double> x({3, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8}), kernel({2, 2}, {0, 1, 2, 3});
  const tensor<double> out = cross_correlate(exec::cpu(), x, kernel);
  return {exactly("(1, 1)", 19, out(0, 0)), exactly("(1, 2)", 25, out(0, 1)), exactly("(2, 1)", 37, out(1, 0)),
          exactly("(2, 2)", 43, out(1, 1))};
}

std::vector<answer> receptive_field() {
  // A layer of kernel k and stride s after steps of total stride j widens the field by (k - 1) j.
  struct layer {
    int kernel, stride;
  };
  std::vector<layer> vgg;
  for (const int convolutions : {2, 2, 3, 3, 3}) {
    for (int i = 0; i < convolutions; ++i) vgg.push_back({3, 1});
    vgg.push_back({2, 2});
  }
  const auto field = [&](std::size_t layers) {
    std::int64_t size = 1, jump = 1;
    for (std::size_t i = 0; i < layers; ++i) {
      size += (vgg[i].kernel - 1) * jump;
      jump *= vgg[i].stride;
    }
    return static_cast<double>(size);
  };
  return {exactly("conv5_3", 196, field(vgg.size() - 1)), exactly("pool5", 212, field(vgg.size()))};
}

std::vector<answer> associativity() {
  const std::vector<std::int64_t> sizes{1000, 1, 1000, 1};
  const matrix_chain_plan best = matrix_chain_order(sizes);
  return {exactly("multiplications of (A C) P", 2'000'000, static_cast<double>(left_to_right_multiplications(sizes))),
          exactly("multiplications of A (C P)", 2'000, static_cast<double>(best.multiplications))};
}

std::vector<answer> quadratic_form() {
  // 5 x^2 + y^2 / 2 + x y - x = z'Az / 2 + b'z.
  const double a[] = {10.0, 1.0, 1.0, 1.0}, b[] = {-1.0, 0.0};
  const quadratic_answer least = minimize_quadratic(view<const double, 2>(a, 2, 2), b);
  return {truth("there is one minimum", true, least.kind == quadratic_kind::unique_minimum),
          exactly("x", 1.0 / 9, least.x[0]), exactly("y", -1.0 / 9, least.x[1]),
          exactly("minimum", -1.0 / 18, least.value),
          stated("largest stable step of gradient descent", 0.197828, 6, 2.0 / least.eigenvalues.back())};
}

}  // namespace

void add_notes_tensors(catalogue& all);
void add_notes_tensors(catalogue& all) {
  const char* const book = "notes";
  all.push_back({"T48", book, "Robbins and Monro (1951); lecture notes on mean estimation",
                 "Steps of 1/k towards each new number end at the mean of all, wherever they begin.", running_mean});
  all.push_back({"T49", book, "lecture notes on directional derivatives",
                 "x^2 + y^2 at (1, 2): its slope in two directions.", directional_derivative});
  all.push_back(
      {"T50", book, "lecture notes on sliding windows", "The maximum of every three neighbours.", sliding_window});
  all.push_back({"T61", "d2l", "Zhang, Lipton, Li and Smola, Dive into Deep Learning, convolutional networks",
                 "A 3 x 3 input against a 2 x 2 kernel.", cross_correlation});
  all.push_back({"T62", book, "Simonyan and Zisserman (2015); lecture notes on receptive fields",
                 "How much of the image does a unit of VGG-16 see?", receptive_field});
  all.push_back({"T72", book, "lecture notes on associativity",
                 "A column, a row, a column: the order of two products decides between thousands and millions.",
                 associativity});
  all.push_back({"T74", book, "lecture notes on quadratic forms",
                 "The least value of 5x^2 + y^2/2 + xy - x, and how long a gradient step may be.", quadratic_form});
}

}  // namespace credence::exercises
