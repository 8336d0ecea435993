namespace MultiExit.Fuzz.Targets;

/// <summary>Runs state machines to their end, which comes soon: all of the input is there.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static void For(Task task, string what)
    {
        if (!task.Wait(Patience)) throw new FuzzFailureException($"{what} hangs");
    }
}
