using System.Globalization;

namespace MultiExit.Engine.Configuration.Ranges;

/// <summary>A key whose value is a whole number.</summary>
/// <param name="Key">The key.</param>
/// <param name="Min">The least value.</param>
/// <param name="Max">The greatest value.</param>
internal sealed record IntegerRange(string Key, int Min, int Max) : KeyRange(Key)
{
    /// <summary>What is expected, for errors.</summary>
    public string Expected => string.Create(CultureInfo.InvariantCulture, $"a whole number from {Min} to {Max}");

    /// <summary>Whether it may be the value.</summary>
    public bool Contains(int value) => value >= Min && value <= Max;

    /// <summary>What is wrong with a value; null when nothing is.</summary>
    public string? Problem(int value) => Contains(value) ? null : string.Create(CultureInfo.InvariantCulture, $"expected {Expected}, found \"{value}\"");
}
