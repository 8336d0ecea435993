using System.Reflection;
using System.Text.Json.Serialization;

namespace MultiExit.Engine.Status;

/// <summary>The words of <see cref="SessionOutcome"/>.</summary>
internal static class SessionOutcomes
{
    // The attribute has the word for JSON; the log reads the same one, so that the two cannot differ.
    private static readonly string[] Words = [.. Enum.GetValues<SessionOutcome>().Select(outcome =>
        typeof(SessionOutcome).GetField(outcome.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()!.Name)];

    /// <summary>Reads the words now. The first one that is asked for loads the assembly of the attribute, which takes two descriptors: a server counts
    /// what it has at its start, and may have none left later.</summary>
    public static void Load() => _ = Words;

    /// <summary>The word for it in the access log, the control API and the cmdlets.</summary>
    public static string Word(this SessionOutcome outcome) => Words[(int)outcome];
}
