using System.Globalization;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>In pwsh the engine runs in the culture of the session.</summary>
public sealed class CultureTests
{
    [Theory]
    [InlineData(1500, "1.5 s")]
    [InlineData(10_000, "10 s")]
    [InlineData(-250, "-0.25 s")]
    public void Seconds_are_the_same_in_every_culture(int milliseconds, string expected) =>
        InAnotherCulture(() => Assert.Equal(expected, DurationText.Seconds(TimeSpan.FromMilliseconds(milliseconds))));

    // Cultures that tests cannot name: they run without ICU.
    private static void InAnotherCulture(Action test)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NumberDecimalSeparator = ",";
        other.NumberFormat.NegativeSign = "\u2212";
        CultureInfo.CurrentCulture = other;
        try
        {
            Assert.Equal("\u22121,5", $"{-1.5}");
            test();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
