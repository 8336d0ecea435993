using System.Globalization;

namespace MultiExit.Engine.Configuration.Ranges;

/// <summary>A key whose value is a whole number a second.</summary>
/// <param name="Key">The key.</param>
/// <param name="Min">The least value.</param>
/// <param name="Max">The greatest value.</param>
internal sealed record RateRange(string Key, int Min, int Max) : KeyRange(Key)
{
    /// <summary>What is wrong with a value; null when nothing is.</summary>
    /// <param name="value">The value.</param>
    /// <param name="written">How it is written, in quotes; null: as the value prints.</param>
    public string? Problem(int value, string? written = null) => value >= Min && value <= Max ? null
        : string.Create(CultureInfo.InvariantCulture, $"{written ?? $"\"{value}/s\""} is out of range; expected {Min}/s to {Max}/s");
}
