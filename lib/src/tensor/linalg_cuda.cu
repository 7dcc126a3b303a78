// SPDX-License-Identifier: BSD-3-Clause
// Factorisations and solves through cuSOLVER (64-bit interface) and cuBLAS. Operands of any strides are copied to dense
// column-major matrices by one kernel that also looks for elements that are not finite; results are copied to row-major
// tensors by the same kernel, with triangles cut and signs turned on the way.
#include "tensor/cuda_launch.hpp"
#include "tensor/linalg_cuda.hpp"

#include "credence/exec/buffer.hpp"

#include <cublas_v2.h>
#include <cusolverDn.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

namespace credence::detail::cuda {

namespace {

void check_solver(const char* where, cusolverStatus_t status) {
  if (status == CUSOLVER_STATUS_SUCCESS) return;
  throw device_error(std::string(where) + ": cuSOLVER reports status " + std::to_string(static_cast<int>(status)));
}
void check_blas(const char* where, cublasStatus_t status) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw device_error(std::string(where) + ": cuBLAS reports status " + std::to_string(static_cast<int>(status)));
}

struct library_handles {
  cusolverDnHandle_t solver = nullptr;
  cusolverDnParams_t params = nullptr;
  cublasHandle_t blas = nullptr;
};

/// The libraries for one call: one set of handles a device, made at first use and kept until the process ends; calls
/// take turns, because a handle belongs to one stream at a time.
class session {
 public:
  session(const char* name, const exec::context& ctx) : where(name), context(ctx), device_(ctx), lock_(guard()) {
    static std::map<int, library_handles> all;
    library_handles& h = all[ctx.device];
    if (h.solver == nullptr) {
      check_solver(where, cusolverDnCreate(&h.solver));
      check_solver(where, cusolverDnCreateParams(&h.params));
      check_blas(where, cublasCreate(&h.blas));
    }
    check_solver(where, cusolverDnSetStream(h.solver, stream_of(ctx)));
    check_blas(where, cublasSetStream(h.blas, stream_of(ctx)));
    handles = h;
  }

  const char* where;
  const exec::context& context;
  library_handles handles;

  void check(cusolverStatus_t status) const { check_solver(where, status); }
  void check(cublasStatus_t status) const { check_blas(where, status); }
  [[nodiscard]] cudaStream_t stream() const { return stream_of(context); }

  /// One value from the device, when all work before it is done.
  template <class T>
  T fetch(const T* from) const {
    T value{};
    check_status(where, cudaMemcpyAsync(&value, from, sizeof(T), cudaMemcpyDeviceToHost, stream()));
    check_status(where, cudaStreamSynchronize(stream()));
    return value;
  }

 private:
  static std::mutex& guard() {
    static std::mutex mutex;
    return mutex;
  }
  on_device device_;
  std::lock_guard<std::mutex> lock_;
};

template <class T>
constexpr cudaDataType type_of = sizeof(T) == 8 ? CUDA_R_64F : CUDA_R_32F;

enum class kept : int { all, lower, upper };

/// What a copy does: element (i, j) from one place to another, zero outside of a triangle, times signs.
template <class T>
struct copy_task {
  std::int64_t rows, columns;
  const T* from;
  std::int64_t from_row, from_column;
  T* to;
  std::int64_t to_row, to_column;
  kept part = kept::all;
  const T* row_signs = nullptr;
  const T* column_signs = nullptr;
  unsigned long long* first_bad = nullptr;  ///< the least position of an element that is not finite
};

/// Threads: a grid-stride loop over elements, neighbours along a row.
template <class T>
__global__ void copy_kernel(copy_task<T> c) {
  for (std::int64_t at = first_index(); at < c.rows * c.columns; at += index_step()) {
    const std::int64_t i = at / c.columns, j = at % c.columns;
    const bool skipped = (c.part == kept::lower && j > i) || (c.part == kept::upper && j < i);
    T value = skipped ? T(0) : c.from[i * c.from_row + j * c.from_column];
    if (c.first_bad != nullptr && !(value - value == T(0))) {
      atomicMin(c.first_bad, static_cast<unsigned long long>(at));
    }
    if (c.row_signs != nullptr) value *= c.row_signs[i];
    if (c.column_signs != nullptr) value *= c.column_signs[j];
    c.to[i * c.to_row + j * c.to_column] = value;
  }
}

template <class T>
void copy(const session& s, const copy_task<T>& c) {
  if (c.rows * c.columns == 0) return;
  copy_kernel<<<blocks_for(c.rows * c.columns), threads_per_block, 0, s.stream()>>>(c);
  check_launch(s.where);
}

/// signs[j] = -1 where the component of column j of largest magnitude (the first of equals) is negative, else 1. One
/// thread a column.
template <class T>
__global__ void sign_kernel(std::int64_t rows, std::int64_t columns, const T* x, std::int64_t row, std::int64_t column,
                            T* signs) {
  for (std::int64_t j = first_index(); j < columns; j += index_step()) {
    T largest = T(0), value = T(0);
    for (std::int64_t i = 0; i < rows; ++i) {
      const T element = x[i * row + j * column];
      if (fabs(element) > largest) {
        largest = fabs(element);
        value = element;
      }
    }
    signs[j] = value < T(0) ? T(-1) : T(1);
  }
}

/// signs[j] = -1 where the diagonal element is negative.
template <class T>
__global__ void diagonal_sign_kernel(std::int64_t n, const T* x, std::int64_t pitch, T* signs) {
  for (std::int64_t j = first_index(); j < n; j += index_step()) signs[j] = x[j * pitch + j] < T(0) ? T(-1) : T(1);
}

/// A dense column-major matrix on the device.
template <class T>
struct column_major {
  exec::buffer<T> memory;
  std::int64_t rows, columns;

  column_major(const session& s, std::int64_t m, std::int64_t n)
      : memory(s.context, std::max<std::int64_t>(1, m * n)), rows(m), columns(n) {}
  T* data() { return memory.data(); }
  [[nodiscard]] std::int64_t pitch() const { return std::max<std::int64_t>(1, rows); }
};

/// A checked copy of an operand: rank 2 (a vector counts as one column where `vectors`), finite in the part that is
/// read.
template <class T>
column_major<T> dense(const session& s, const char* name, const array_view<const T>& x, kept part = kept::all,
                      bool vectors = false) {
  if (!(vectors && x.rank() == 1)) check::rank_is(s.where, name, x.shape(), 2);
  const bool vector = x.rank() == 1;
  column_major<T> out(s, x.extent(0), vector ? 1 : x.extent(1));
  exec::buffer<unsigned long long> first_bad(s.context, 1);
  check_status(s.where, cudaMemsetAsync(first_bad.data(), 0xFF, sizeof(unsigned long long), s.stream()));
  copy<T>(s, {out.rows, out.columns, x.data(), x.stride(0), vector ? 0 : x.stride(1), out.data(), 1, out.pitch(), part,
              nullptr, nullptr, first_bad.data()});
  const unsigned long long bad = s.fetch(first_bad.data());
  if (bad != ~0ULL) {
    const auto at = static_cast<std::int64_t>(bad);
    check::fail_domain(
        s.where,
        std::string(name) + "(" + std::to_string(at / out.columns) + ", " + std::to_string(at % out.columns) + ")",
        "not finite", "finite");
  }
  return out;
}

template <class T>
column_major<T> dense_square(const session& s, const char* name, const array_view<const T>& x, kept part = kept::all) {
  column_major<T> out = dense(s, name, x, part);
  if (out.rows != out.columns) {
    check::fail_shape(s.where, "the matrix is " + std::to_string(out.rows) + " by " + std::to_string(out.columns) +
                                   ", but must be square");
  }
  return out;
}

/// A row-major tensor of element (i, j) = from[i * row + j * column].
template <class T>
tensor<T> row_major(const session& s, std::int64_t rows, std::int64_t columns, const T* from, std::int64_t row,
                    std::int64_t column, kept part = kept::all, const T* row_signs = nullptr,
                    const T* column_signs = nullptr) {
  auto out = tensor<T>::uninitialized(s.context, {rows, columns});
  copy<T>(s, {rows, columns, from, row, column, out.data(), columns, 1, part, row_signs, column_signs, nullptr});
  return out;
}

/// The work space of one cuSOLVER call, and its verdict.
struct workspace {
  exec::buffer<unsigned char> device;
  std::vector<unsigned char> host;
  exec::buffer<int> info;
  std::size_t device_bytes, host_bytes;

  workspace(const session& s, std::size_t on_device, std::size_t on_host)
      : device(s.context, static_cast<std::int64_t>(std::max<std::size_t>(1, on_device))),
        host(std::max<std::size_t>(1, on_host)),
        info(s.context, 1),
        device_bytes(on_device),
        host_bytes(on_host) {}
};

template <class T>
tensor<T> cholesky_any(const exec::context& ctx, const array_view<const T>& x) {
  const session s("cholesky", ctx);
  auto a = dense_square(s, "a", x, kept::lower);
  const std::int64_t n = a.rows;
  if (n == 0) return tensor<T>(ctx, {0, 0});
  std::size_t on_device = 0, on_host = 0;
  s.check(cusolverDnXpotrf_bufferSize(s.handles.solver, s.handles.params, CUBLAS_FILL_MODE_LOWER, n, type_of<T>,
                                      a.data(), a.pitch(), type_of<T>, &on_device, &on_host));
  workspace w(s, on_device, on_host);
  s.check(cusolverDnXpotrf(s.handles.solver, s.handles.params, CUBLAS_FILL_MODE_LOWER, n, type_of<T>, a.data(),
                           a.pitch(), type_of<T>, w.device.data(), on_device, w.host.data(), on_host, w.info.data()));
  if (const int info = s.fetch(w.info.data()); info > 0) {
    check::fail_domain(s.where, "leading minor of order " + std::to_string(info), "not positive", "positive");
  }
  return row_major(s, n, n, a.data(), 1, a.pitch(), kept::lower);
}

cublasStatus_t trsm(cublasHandle_t h, cublasFillMode_t fill, cublasOperation_t turn, int n, int m, const double* a,
                    double* b) {
  const double one = 1.0;
  return cublasDtrsm(h, CUBLAS_SIDE_LEFT, fill, turn, CUBLAS_DIAG_NON_UNIT, n, m, &one, a, n, b, n);
}
cublasStatus_t trsm(cublasHandle_t h, cublasFillMode_t fill, cublasOperation_t turn, int n, int m, const float* a,
                    float* b) {
  const float one = 1.0F;
  return cublasStrsm(h, CUBLAS_SIDE_LEFT, fill, turn, CUBLAS_DIAG_NON_UNIT, n, m, &one, a, n, b, n);
}

template <class T>
std::vector<T> diagonal_of(const session& s, column_major<T>& a) {
  const std::int64_t n = std::min(a.rows, a.columns);
  std::vector<T> diagonal(static_cast<std::size_t>(n));
  check_status(s.where, cudaMemcpy2DAsync(diagonal.data(), sizeof(T), a.data(),
                                          static_cast<std::size_t>(a.pitch() + 1) * sizeof(T), sizeof(T),
                                          static_cast<std::size_t>(n), cudaMemcpyDeviceToHost, s.stream()));
  check_status(s.where, cudaStreamSynchronize(s.stream()));
  return diagonal;
}

template <class T>
tensor<T> solve_triangular_any(const exec::context& ctx, const char* where, const array_view<const T>& t,
                               const array_view<const T>& right, const triangular_options& options) {
  const session s(where, ctx);
  const bool lower = options.which == triangle::lower;
  auto a = dense_square(s, "t", t, lower ? kept::lower : kept::upper);
  const std::vector<T> diagonal = diagonal_of(s, a);
  for (std::size_t i = 0; i < diagonal.size(); ++i) {
    if (diagonal[i] == T(0)) {
      check::fail_domain(where, "diagonal element " + std::to_string(i), 0.0, "other than zero");
    }
  }
  auto b = dense(s, "b", right, kept::all, true);
  check::same_size(where, "the rows of b", b.rows, "the matrix", a.rows);
  if (b.rows * b.columns > 0) {
    s.check(trsm(s.handles.blas, lower ? CUBLAS_FILL_MODE_LOWER : CUBLAS_FILL_MODE_UPPER,
                 options.transpose == transposed::yes ? CUBLAS_OP_T : CUBLAS_OP_N, static_cast<int>(b.rows),
                 static_cast<int>(b.columns), a.data(), b.data()));
  }
  return row_major(s, b.rows, b.columns, b.data(), 1, b.pitch()).reshaped(right.shape());
}

template <class T>
tensor<T> solve_any(const exec::context& ctx, const array_view<const T>& matrix, const array_view<const T>& right) {
  const session s("solve", ctx);
  auto a = dense_square(s, "a", matrix);
  auto b = dense(s, "b", right, kept::all, true);
  check::same_size(s.where, "the rows of b", b.rows, "the matrix", a.rows);
  if (b.rows * b.columns == 0) return tensor<T>(ctx, right.shape());
  const std::int64_t n = a.rows;
  exec::buffer<std::int64_t> pivots(ctx, n);
  std::size_t on_device = 0, on_host = 0;
  s.check(cusolverDnXgetrf_bufferSize(s.handles.solver, s.handles.params, n, n, type_of<T>, a.data(), n, type_of<T>,
                                      &on_device, &on_host));
  workspace w(s, on_device, on_host);
  s.check(cusolverDnXgetrf(s.handles.solver, s.handles.params, n, n, type_of<T>, a.data(), n, pivots.data(), type_of<T>,
                           w.device.data(), on_device, w.host.data(), on_host, w.info.data()));
  if (const int info = s.fetch(w.info.data()); info > 0) {
    check::fail_domain(s.where, "pivot " + std::to_string(info), 0.0, "other than zero: the matrix is singular");
  }
  s.check(cusolverDnXgetrs(s.handles.solver, s.handles.params, CUBLAS_OP_N, n, b.columns, type_of<T>, a.data(), n,
                           pivots.data(), type_of<T>, b.data(), n, w.info.data()));
  return row_major(s, b.rows, b.columns, b.data(), 1, b.pitch()).reshaped(right.shape());
}

/// The leading k columns of the orthogonal factor over the reflections in a.
void form_q(const session& s, int m, int k, double* a, const double* tau, int* info) {
  int size = 0;
  s.check(cusolverDnDorgqr_bufferSize(s.handles.solver, m, k, k, a, m, tau, &size));
  exec::buffer<double> work(s.context, std::max(1, size));
  s.check(cusolverDnDorgqr(s.handles.solver, m, k, k, a, m, tau, work.data(), size, info));
  check_status(s.where, cudaStreamSynchronize(s.stream()));  // before the work space goes
}
void form_q(const session& s, int m, int k, float* a, const float* tau, int* info) {
  int size = 0;
  s.check(cusolverDnSorgqr_bufferSize(s.handles.solver, m, k, k, a, m, tau, &size));
  exec::buffer<float> work(s.context, std::max(1, size));
  s.check(cusolverDnSorgqr(s.handles.solver, m, k, k, a, m, tau, work.data(), size, info));
  check_status(s.where, cudaStreamSynchronize(s.stream()));
}

template <class T>
qr_result<T> qr_any(const exec::context& ctx, const array_view<const T>& x) {
  const session s("qr", ctx);
  auto a = dense(s, "a", x);
  const std::int64_t m = a.rows, n = a.columns, k = std::min(m, n);
  if (k == 0) return {tensor<T>(ctx, {m, k}), tensor<T>(ctx, {k, n})};
  exec::buffer<T> tau(ctx, k), signs(ctx, k);
  std::size_t on_device = 0, on_host = 0;
  s.check(cusolverDnXgeqrf_bufferSize(s.handles.solver, s.handles.params, m, n, type_of<T>, a.data(), m, type_of<T>,
                                      tau.data(), type_of<T>, &on_device, &on_host));
  workspace w(s, on_device, on_host);
  s.check(cusolverDnXgeqrf(s.handles.solver, s.handles.params, m, n, type_of<T>, a.data(), m, type_of<T>, tau.data(),
                           type_of<T>, w.device.data(), on_device, w.host.data(), on_host, w.info.data()));
  diagonal_sign_kernel<<<blocks_for(k), threads_per_block, 0, s.stream()>>>(k, a.data(), m, signs.data());
  check_launch(s.where);
  qr_result<T> out;
  out.r = row_major(s, k, n, a.data(), 1, m, kept::upper, signs.data());
  form_q(s, static_cast<int>(m), static_cast<int>(k), a.data(), tau.data(), w.info.data());
  out.q = row_major<T>(s, m, k, a.data(), 1, m, kept::all, nullptr, signs.data());
  check_status(s.where, cudaStreamSynchronize(s.stream()));
  return out;
}

/// Signs that make the largest component of each column positive.
template <class T>
exec::buffer<T> signs_of(const session& s, std::int64_t rows, std::int64_t columns, const T* x, std::int64_t row,
                         std::int64_t column) {
  exec::buffer<T> signs(s.context, columns);
  sign_kernel<<<blocks_for(columns), threads_per_block, 0, s.stream()>>>(rows, columns, x, row, column, signs.data());
  check_launch(s.where);
  return signs;
}

template <class T>
symmetric_eigen_result<T> eigen_symmetric_any(const exec::context& ctx, const array_view<const T>& x) {
  const session s("eigen_symmetric", ctx);
  auto a = dense_square(s, "a", x, kept::lower);
  const std::int64_t n = a.rows;
  if (n == 0) return {tensor<T>(ctx, {0}), tensor<T>(ctx, {0, 0})};
  auto values = tensor<T>::uninitialized(ctx, {n});
  std::size_t on_device = 0, on_host = 0;
  s.check(cusolverDnXsyevd_bufferSize(s.handles.solver, s.handles.params, CUSOLVER_EIG_MODE_VECTOR,
                                      CUBLAS_FILL_MODE_LOWER, n, type_of<T>, a.data(), n, type_of<T>, values.data(),
                                      type_of<T>, &on_device, &on_host));
  workspace w(s, on_device, on_host);
  s.check(cusolverDnXsyevd(s.handles.solver, s.handles.params, CUSOLVER_EIG_MODE_VECTOR, CUBLAS_FILL_MODE_LOWER, n,
                           type_of<T>, a.data(), n, type_of<T>, values.data(), type_of<T>, w.device.data(), on_device,
                           w.host.data(), on_host, w.info.data()));
  if (s.fetch(w.info.data()) > 0) {
    check::fail_domain(s.where, "the matrix", "not solved", "one for which the iteration converges");
  }
  const exec::buffer<T> signs = signs_of<T>(s, n, n, a.data(), 1, n);
  tensor<T> vectors = row_major<T>(s, n, n, a.data(), 1, n, kept::all, nullptr, signs.data());
  check_status(s.where, cudaStreamSynchronize(s.stream()));
  return {std::move(values), std::move(vectors)};
}

template <class T>
svd_result<T> svd_any(const exec::context& ctx, const array_view<const T>& x) {
  const session s("svd", ctx);
  check::rank_is(s.where, "a", x.shape(), 2);
  const std::int64_t rows = x.extent(0), columns = x.extent(1), k = std::min(rows, columns);
  if (k == 0) return {tensor<T>(ctx, {rows, k}), tensor<T>(ctx, {k}), tensor<T>(ctx, {k, columns})};
  // cuSOLVER wants at least as many rows as columns: a wide matrix goes in transposed, and its factors come out so.
  const bool wide = rows < columns;
  auto dense_a = dense(s, "a", x);
  column_major<T> a(s, wide ? columns : rows, k);
  copy<T>(s, {rows, columns, dense_a.data(), 1, dense_a.pitch(), a.data(), wide ? a.pitch() : 1, wide ? 1 : a.pitch()});
  const std::int64_t m = a.rows;
  column_major<T> left(s, m, k), right(s, k, k);
  auto values = tensor<T>::uninitialized(ctx, {k});
  std::size_t on_device = 0, on_host = 0;
  s.check(cusolverDnXgesvd_bufferSize(s.handles.solver, s.handles.params, 'S', 'S', m, k, type_of<T>, a.data(), m,
                                      type_of<T>, values.data(), type_of<T>, left.data(), m, type_of<T>, right.data(),
                                      k, type_of<T>, &on_device, &on_host));
  workspace w(s, on_device, on_host);
  s.check(cusolverDnXgesvd(s.handles.solver, s.handles.params, 'S', 'S', m, k, type_of<T>, a.data(), m, type_of<T>,
                           values.data(), type_of<T>, left.data(), m, type_of<T>, right.data(), k, type_of<T>,
                           w.device.data(), on_device, w.host.data(), on_host, w.info.data()));
  if (s.fetch(w.info.data()) > 0) {
    check::fail_domain(s.where, "the matrix", "not solved", "one for which the iteration converges");
  }
  // u is `left`, or the transpose of `right`; vt the other.
  const T *u = wide ? right.data() : left.data(), *v = wide ? left.data() : right.data();
  const std::int64_t u_row = wide ? k : 1, u_column = wide ? 1 : m, v_row = wide ? m : 1, v_column = wide ? 1 : k;
  const exec::buffer<T> signs = signs_of<T>(s, rows, k, u, u_row, u_column);
  svd_result<T> out;
  out.u = row_major<T>(s, rows, k, u, u_row, u_column, kept::all, nullptr, signs.data());
  out.vt = row_major<T>(s, k, columns, v, v_row, v_column, kept::all, signs.data());
  out.singular_values = std::move(values);
  check_status(s.where, cudaStreamSynchronize(s.stream()));
  return out;
}

}  // namespace

#define CREDENCE_DEFINE_LINALG(T)                                                                             \
  tensor<T> cholesky(const exec::context& ctx, const array_view<const T>& a) { return cholesky_any(ctx, a); } \
  tensor<T> solve_triangular(const exec::context& ctx, const char* where, const array_view<const T>& t,       \
                             const array_view<const T>& b, const triangular_options& options) {               \
    return solve_triangular_any(ctx, where, t, b, options);                                                   \
  }                                                                                                           \
  tensor<T> solve(const exec::context& ctx, const array_view<const T>& a, const array_view<const T>& b) {     \
    return solve_any(ctx, a, b);                                                                              \
  }                                                                                                           \
  qr_result<T> qr(const exec::context& ctx, const array_view<const T>& a) { return qr_any(ctx, a); }          \
  symmetric_eigen_result<T> eigen_symmetric(const exec::context& ctx, const array_view<const T>& a) {         \
    return eigen_symmetric_any(ctx, a);                                                                       \
  }                                                                                                           \
  svd_result<T> svd(const exec::context& ctx, const array_view<const T>& a) { return svd_any(ctx, a); }
CREDENCE_DEFINE_LINALG(double)
CREDENCE_DEFINE_LINALG(float)
#undef CREDENCE_DEFINE_LINALG

}  // namespace credence::detail::cuda
