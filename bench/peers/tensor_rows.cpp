// SPDX-License-Identifier: BSD-3-Clause
// Matrix products of 512 x 512 on one core, beside the same call made directly to BLAS and to Eigen; scans, sums,
// sorts.
#include "rows.hpp"

#include "credence/random/fill.hpp"
#include "credence/tensor/gemm.hpp"

#include <Eigen/Core>

#include <memory>
#include <string>
#include <vector>

#ifdef CREDENCE_HAVE_BLAS
#include <cblas.h>
extern "C" void openblas_set_num_threads(int) __attribute__((weak));
#endif

namespace credence::peers {

namespace {

constexpr std::int64_t n = 512;

template <class T>
struct product {
  std::vector<T> a = numbers(1), b = numbers(2), c = std::vector<T>(static_cast<std::size_t>(n * n));

  static std::vector<T> numbers(std::uint64_t seed) {
    std::vector<T> out(static_cast<std::size_t>(n * n));
    random::fill_uniform(rng_key{seed, 0}, std::span<T>(out));
    return out;
  }
};

/// A row that multiplies `a` and `b` into `c`; its unit is one floating-point operation.
template <class T, class Multiply>
std::function<row()> multiplying(Multiply multiply) {
  return [multiply] {
    const auto data = std::make_shared<product<T>>();
    return row{2.0 * n * n * n, [data, multiply] {
                 multiply(*data);
                 keep(data->c);
               }};
  };
}

template <class T>
void ours(product<T>& p) {
  gemm(exec::cpu(1), view<const T, 2>(p.a.data(), n, n), view<const T, 2>(p.b.data(), n, n),
       view<T, 2>(p.c.data(), n, n));
}

template <class T>
void with_eigen(product<T>& p) {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<matrix>(p.c.data(), n, n).noalias() =
      Eigen::Map<const matrix>(p.a.data(), n, n) * Eigen::Map<const matrix>(p.b.data(), n, n);
}

#ifdef CREDENCE_HAVE_BLAS
void one_thread() {
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(1);
}
void with_blas(product<double>& p) {
  one_thread();
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, p.a.data(), n, p.b.data(), n, 0.0, p.c.data(),
              n);
}
void with_blas(product<float>& p) {
  one_thread();
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0F, p.a.data(), n, p.b.data(), n, 0.0F, p.c.data(),
              n);
}
#endif

template <class T>
void add_products(rows& all, const std::string& name) {
  all.add(name, multiplying<T>([](auto& p) { ours(p); }));
  all.add(name + ": Eigen", multiplying<T>([](auto& p) { with_eigen(p); }));
#ifdef CREDENCE_HAVE_BLAS
  all.add(name + ": OpenBLAS", multiplying<T>([](auto& p) { with_blas(p); }));
#endif
}

}  // namespace

void add_tensor_rows(rows& all) {
  add_products<double>(all, "gemm f64 512");
  add_products<float>(all, "gemm f32 512");
}

}  // namespace credence::peers
