using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Ranges;

/// <summary>A key whose value is a duration.</summary>
/// <param name="Key">The key.</param>
/// <param name="Min">The least value.</param>
/// <param name="Max">The greatest value.</param>
internal sealed record DurationRange(string Key, TimeSpan Min, TimeSpan Max) : KeyRange(Key)
{
    /// <summary>What is wrong with a value; null when nothing is.</summary>
    /// <param name="value">The value.</param>
    /// <param name="written">How it is written, in quotes; null: as the value prints.</param>
    public string? Problem(TimeSpan value, string? written = null) => value >= Min && value <= Max ? null
        : $"{written ?? $"\"{DurationText.Format(value)}\""} is out of range; expected {DurationText.Format(Min)} to {DurationText.Format(Max)}";
}
