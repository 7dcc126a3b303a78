// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// CREDENCE_HD marks a function that both compilers use: `__host__ __device__` under nvcc, nothing otherwise.
#ifdef __CUDACC__
#define CREDENCE_HD __host__ __device__
#else
#define CREDENCE_HD
#endif

/// CREDENCE_ISA names the instruction set a translation unit is compiled for. Files called `*_simd.cpp` are compiled
/// once for each (isa_generic, isa_avx2, isa_avx512) and put their functions in `credence::detail::CREDENCE_ISA`.
/// Headers with inline arithmetic that such files share open the inline namespace CREDENCE_ISA too, so that the linker
/// never merges code made for different instruction sets. Ordinary translation units, the user's among them, have a
/// name of their own, and another where the compiler was told that fma is there (-mfma, -march=native).
#ifdef CREDENCE_ISA
#define CREDENCE_SIMD_SOURCE 1
#else
#define CREDENCE_SIMD_SOURCE 0
#ifdef __FMA__
#define CREDENCE_ISA isa_user_fma
#else
#define CREDENCE_ISA isa_user
#endif
#endif

/// Set where fma is one instruction; elsewhere the scalar portable functions call the library's dispatched copies.
#if defined(__FMA__) || defined(__CUDA_ARCH__) || defined(__aarch64__)
#define CREDENCE_FAST_FMA 1
#else
#define CREDENCE_FAST_FMA 0
#endif

/// Set where the portable functions are inlined: in kernels, in device code, and wherever fma is one instruction.
#if CREDENCE_FAST_FMA || CREDENCE_SIMD_SOURCE
#define CREDENCE_INLINE_MATH 1
#else
#define CREDENCE_INLINE_MATH 0
#endif

/// CREDENCE_INLINE forces inlining in the loops of `*_simd.cpp` files, where a call would stop the vectoriser;
/// CREDENCE_NOINLINE keeps the cases of an interpreter apart, which as one function would take minutes to compile.
#if defined(__GNUC__) || defined(__clang__)
#define CREDENCE_INLINE inline __attribute__((always_inline))
#define CREDENCE_NOINLINE __attribute__((noinline))
#define CREDENCE_RESTRICT __restrict__
#else
#define CREDENCE_INLINE inline
#define CREDENCE_NOINLINE
#define CREDENCE_RESTRICT
#endif
