namespace MultiExit.Engine.Records.Traffic;

/// <summary>How long the period of a row of an answer is.</summary>
public enum TrafficStep
{
    /// <summary>One row for all of the time that is asked for.</summary>
    Whole,

    /// <summary>Five minutes.</summary>
    FiveMinutes,

    /// <summary>An hour.</summary>
    Hour,

    /// <summary>A day, in UTC.</summary>
    Day,
}
