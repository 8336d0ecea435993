using MultiExit.Engine.Configuration.Routes;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Hours of a day, <c>08:00-18:00</c>.</summary>
internal static class HoursText
{
    public const string Expected = "hours such as 08:00-18:00, or 22:00-06:00 for a night";

    private const int MinutesOfDay = 24 * 60;

    public static bool TryParse(string text, out RouteHours hours)
    {
        hours = default;
        string[] ends = text.Split('-');
        if (ends.Length != 2 || Minutes(ends[0]) is not { } from || Minutes(ends[1]) is not { } to) return false;
        // The end of the day is 24:00, and nothing begins there.
        if (from == MinutesOfDay || to == from) return false;
        hours = new RouteHours(from, to == 0 ? MinutesOfDay : to);
        return true;
    }

    private static int? Minutes(string text)
    {
        if (text.Length != 5 || text[2] != ':' || Number(text[0], text[1]) is not { } hour || Number(text[3], text[4]) is not { } minute) return null;
        return hour < 24 && minute < 60 || hour == 24 && minute == 0 ? hour * 60 + minute : null;
    }

    private static int? Number(char tens, char ones) => char.IsAsciiDigit(tens) && char.IsAsciiDigit(ones) ? (tens - '0') * 10 + (ones - '0') : null;
}
