using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Ranges;

/// <summary>A key whose value is a number of bytes, or of bytes a second.</summary>
/// <param name="Key">The key.</param>
/// <param name="Min">The least value.</param>
/// <param name="Max">The greatest value.</param>
/// <param name="IsRate">Whether it is bytes a second.</param>
internal sealed record SizeRange(string Key, long Min, long Max, bool IsRate = false) : KeyRange(Key)
{
    private string Unit => IsRate ? "/s" : "";

    /// <summary>What is wrong with a value; null when nothing is.</summary>
    /// <param name="value">The value.</param>
    /// <param name="written">How it is written, in quotes; null: as the value prints.</param>
    public string? Problem(long value, string? written = null) => value >= Min && value <= Max ? null
        : $"{written ?? $"\"{SizeText.Format(value)}{Unit}\""} is out of range; expected {SizeText.Format(Min)}{Unit} to {SizeText.Format(Max)}{Unit}";
}
