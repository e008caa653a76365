#pragma once
namespace rackrate::market {

/// What is published of a quantity that moves continuously: prices are posted in steps, and so are waits and efforts.
///
/// A difference smaller than a step is not seen by those who decide by what is posted, unless an edge lies in between:
/// with a probability of about the difference over the step. Rounding to the nearest point has no memory, so two worlds
/// that come close post the same again, and no drift: over a range of many steps the mean of what is posted is the
/// mean of what lies underneath.

/// The nearest point, by its logarithm, of the grid (1 + step)^k. A value that is not positive, or a step of 0, leaves
/// it as it is. The result is a point of the grid: posted(posted(v)) = posted(v), and posted(1/v) = 1/posted(v) but for
/// points that lie in the middle.
[[nodiscard]] double posted(double value, double step);

/// The nearest multiple of `step`, of either sign, halves away from 0. A step of 0 leaves the value as it is.
[[nodiscard]] double posted_evenly(double value, double step);

}  // namespace rackrate::market
