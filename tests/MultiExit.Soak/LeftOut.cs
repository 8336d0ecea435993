namespace MultiExit.Soak;

/// <summary>What no soak does, wherever it runs.</summary>
internal static class LeftOut
{
    // The wall clock is the machine's: a time namespace has an own offset of the monotonic clock alone, set before its first process,
    // and a library that is preloaded would be what is tested. Servers that are frozen find their timers late all the same.
    public static IReadOnlyList<string> All { get; } =
        ["clock steps: there is one wall clock for the whole machine (tests with ManualTimeProvider step it)"];
}
