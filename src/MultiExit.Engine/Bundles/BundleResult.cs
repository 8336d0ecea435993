namespace MultiExit.Engine.Bundles;

/// <summary>What is in a bundle.</summary>
/// <param name="Parts">The files in it.</param>
/// <param name="Missing">The files that are not in it, or not as a whole, each with the reason.</param>
public sealed record BundleResult(IReadOnlyList<string> Parts, IReadOnlyList<string> Missing);
