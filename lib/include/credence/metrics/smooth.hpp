// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>

/// Accuracy and F-beta made smooth, so that they can be maximised by gradients. A margin z decides for class 1 when it
/// is positive; here the decision is the sigmoid of z / temperature. As the temperature goes to 0 the smooth scores go
/// to the hard ones. Weights and errors as in classification.hpp; margins must be finite, the temperature positive.
namespace credence::metrics {

/// Weighted mean of sigmoid(+-z / temperature), + for class 1.
/// @param gradient  by the margins; empty when it is not wanted
double smooth_accuracy(std::span<const double> margins, std::span<const std::int32_t> truth,
                       std::span<double> gradient = {}, double temperature = 1.0, std::span<const double> weights = {});

/// F-beta of class 1 from soft counts: p = sigmoid(z / temperature) of a row counts as p of a positive prediction.
/// @throws domain_error  also when class 1 has no weight
/// @source Dembczynski et al., "Optimizing the F-measure in multi-label classification", ICML 2013, for the measure;
/// the
///         soft counts as in Benedict et al., "sigmoidF1", 2021
double smooth_f_beta(std::span<const double> margins, std::span<const std::int32_t> truth,
                     std::span<double> gradient = {}, double beta = 1.0, double temperature = 1.0,
                     std::span<const double> weights = {});

}  // namespace credence::metrics
