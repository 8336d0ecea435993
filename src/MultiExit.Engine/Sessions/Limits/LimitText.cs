namespace MultiExit.Engine.Sessions.Limits;

/// <summary>How refusals count.</summary>
internal static class LimitText
{
    /// <summary><c>1 connection</c>, <c>2 connections</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="what">One of them.</param>
    public static string Count(long number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
