using MultiExit.Engine.Diagnostics;

namespace MultiExit.Engine.Tests.Diagnostics;

/// <summary>Text of peers in lines and tables.</summary>
public sealed class LogTextTests
{
    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("b\u00fccher \u65e5\u672c \ud83d\ude00", "b\u00fccher \u65e5\u672c \ud83d\ude00")]
    [InlineData("a\nb\r\tc\u001b[2J\u007f\u0085", "a\\u000Ab\\u000D\\u0009c\\u001B[2J\\u007F\\u0085")]
    [InlineData("a\u202ecba\u202c", "a\\u202Ecba\\u202C")]
    [InlineData("\u2066\u2069\u200e\u200f\u061c", "\\u2066\\u2069\\u200E\\u200F\\u061C")]
    [InlineData("a\u200bb\ufeff\u00ad\u2028\u2029", "a\\u200Bb\\uFEFF\\u00AD\\u2028\\u2029")]
    [InlineData("\udb40\udc41x", "\\U000E0041x")] // a tag character
    public void What_is_not_seen_or_moves_what_is_seen_is_escaped(string text, string clean) => Assert.Equal(clean, LogText.Clean(text));

    // Not in an attribute, which cannot hold them.
    [Fact]
    public void Half_a_surrogate_pair_is_escaped() => Assert.Equal("x\\uD83D \\uDE00x", LogText.Clean("x\ud83d \ude00x"));

    [Theory]
    [InlineData("a")]
    [InlineData("\n")]
    [InlineData("\u202e")]
    [InlineData("\ud83d\ude00")]
    public void It_is_cut_and_never_within_a_character(string unit)
    {
        foreach (string text in new[] { string.Concat(Enumerable.Repeat(unit, 1000)), "x" + string.Concat(Enumerable.Repeat(unit, 1000)) })
        {
            string clean = LogText.Clean(text);
            Assert.InRange(clean.Length, 295, 300);
            Assert.False(char.IsHighSurrogate(clean[^1]));
            Assert.DoesNotContain(clean, char.IsControl);
        }
    }
}
