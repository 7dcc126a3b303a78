// SPDX-License-Identifier: BSD-3-Clause
#include "credence/exec/buffer.hpp"

#include "credence/base/errors.hpp"
#include "credence/exec/copy.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <limits>
#include <vector>

using namespace credence;

static_assert(!std::is_copy_constructible_v<exec::buffer<double>>);
static_assert(std::is_nothrow_move_constructible_v<exec::buffer<double>>);

TEST_CASE("buffer: is aligned, and moves only", "[exec][buffer]") {
  const std::int64_t n = GENERATE(1, 3, 1000);
  exec::buffer<float> a(exec::cpu(), n);
  CHECK(reinterpret_cast<std::uintptr_t>(a.data()) % 64 == 0);
  CHECK(a.size() == n);
  const float* where = a.data();
  exec::buffer<float> b(std::move(a));
  CHECK(b.data() == where);
  exec::buffer<float> c(exec::cpu(), 5);
  c = std::move(b);
  CHECK(c.data() == where);
  CHECK(c.size() == n);
  CHECK(exec::buffer<int>(exec::cpu(), 0).empty());
}

TEST_CASE("buffer: refuses impossible sizes", "[exec][buffer]") {
  CHECK_THROWS_WITH(exec::buffer<double>(exec::cpu(), -1), Contains("size is -1"));
  CHECK_THROWS_AS(exec::buffer<double>(exec::cpu(), std::numeric_limits<std::int64_t>::max()), memory_error);
  if (!exec::built_with_cuda()) {
    exec::context device;
    device.where = exec::backend::cuda;
    CHECK_THROWS_AS(exec::buffer<double>(device, 3), not_built_error);
  }
}

TEST_CASE("copy: between host memory and buffers", "[exec][copy]") {
  const std::vector<int> from{1, 2, 3};
  std::vector<int> to(3, 0);
  exec::buffer<int> a(exec::cpu(), 3);
  exec::copy(std::span<const int>(from), a);
  const exec::buffer<int> b = exec::clone(a, exec::cpu());
  exec::copy_async(b, std::span(to));
  exec::synchronize(b.where());
  CHECK(to == from);
  exec::buffer<int> longer(exec::cpu(), 4);
  CHECK_THROWS_AS(exec::copy(a, longer), shape_error);
  CHECK_THROWS_AS(exec::copy(std::span<const int>(from).first(2), a), shape_error);
}
