using System.Globalization;

namespace MultiExit.Engine.Configuration.Ranges;

/// <summary>A key whose value is a share of a whole.</summary>
/// <param name="Key">The key.</param>
/// <param name="Min">The least value.</param>
/// <param name="Max">The greatest value.</param>
internal sealed record ShareRange(string Key, double Min, double Max) : KeyRange(Key)
{
    /// <summary>What is expected, for errors.</summary>
    public string Expected => string.Create(CultureInfo.InvariantCulture, $"a number from {Min} to {Max}");

    /// <summary>What is wrong with a value; null when nothing is.</summary>
    public string? Problem(double value) =>
        value >= Min && value <= Max ? null : string.Create(CultureInfo.InvariantCulture, $"expected {Expected}, found \"{value}\"");
}
