using System.Globalization;
using MultiExit.Engine.Configuration.Routes;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>times</c>: it is now one of these times of the week.</summary>
internal sealed class TimeCondition(IEnumerable<RouteTimes> times, TimeProvider time) : Condition("times")
{
    private const int MinutesOfDay = 24 * 60;
    private readonly Span[] _times = [.. times.Select(each => new Span(each, time))];

    public override Truth Test(in RouteMatch match)
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (Span span in _times)
            if (span.Contains(now)) return Truth.Yes;
        return Truth.No;
    }

    public override string Why(in RouteMatch match, Truth truth) =>
        "times: it is " + string.Join(", ", _times.Select(each => each.Describe(time.GetUtcNow())).Distinct(StringComparer.Ordinal));

    private sealed class Span(RouteTimes times, TimeProvider time)
    {
        private readonly TimeZoneInfo _zone = times.Zone is { } zone ? TimeZoneInfo.FindSystemTimeZoneById(zone) : time.LocalTimeZone;
        private readonly bool[] _days = [.. Enum.GetValues<DayOfWeek>().Select(day => times.Days.Count == 0 || times.Days.Contains(day))];
        private readonly RouteHours[] _hours = times.Hours.Count == 0 ? [new RouteHours(0, MinutesOfDay)] : [.. times.Hours];

        public bool Contains(DateTimeOffset now)
        {
            DateTimeOffset there = TimeZoneInfo.ConvertTime(now, _zone);
            int day = (int)there.DayOfWeek;
            int minute = there.Hour * 60 + there.Minute;
            foreach (RouteHours hours in _hours)
            {
                bool overNight = hours.To <= hours.From;
                if (minute >= hours.From && (overNight || minute < hours.To) && _days[day]) return true;
                if (overNight && minute < hours.To && _days[(day + 6) % 7]) return true;
            }
            return false;
        }

        public string Describe(DateTimeOffset now) =>
            $"{TimeZoneInfo.ConvertTime(now, _zone).ToString("ddd HH:mm", CultureInfo.InvariantCulture)} in {times.Zone ?? "the host's time zone"}";
    }
}
