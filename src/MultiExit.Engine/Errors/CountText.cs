using System.Globalization;

namespace MultiExit.Engine.Errors;

/// <summary>Numbers with what they count, in messages. Templates of the log, whose number is a property of its own, put it behind the noun instead:
/// <c>sessions cut: 1</c>.</summary>
public static class CountText
{
    /// <summary><c>1 connection</c>, <c>2 connections</c>, <c>2 addresses</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="what">One of them; more of them end in s.</param>
    public static string Of(long number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number} {Noun(number, what)}");

    /// <summary><c>1 session is</c>, <c>2 sessions are</c>.</summary>
    /// <inheritdoc cref="Of"/>
    public static string Are(long number, string what) => $"{Of(number, what)} {(number == 1 ? "is" : "are")}";

    /// <summary><c>1 session was</c>, <c>2 sessions were</c>.</summary>
    /// <inheritdoc cref="Of"/>
    public static string Were(long number, string what) => $"{Of(number, what)} {(number == 1 ? "was" : "were")}";

    /// <summary><c>connection</c> for one of them, <c>connections</c> for any other number.</summary>
    /// <inheritdoc cref="Of"/>
    public static string Noun(long number, string what) => number == 1 ? what : what.EndsWith('s') ? what + "es" : what + "s";
}
