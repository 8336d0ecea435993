using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Fleet;

/// <summary>What is said of an exchange with the store that failed.</summary>
internal static class FleetProblem
{
    /// <summary>The problem as operators are told it. What the log says of an unexpected failure is more than others need to know.</summary>
    public static string Describe(Exception failure) =>
        failure is ProxyException or TimeoutException ? LogText.Clean(failure.Message) : "an unexpected failure, which the log has";

    /// <summary>Logs a failure that the program does not know.</summary>
    public static void LogUnexpected(EngineLog log, Exception? failure)
    {
        if (failure is not (null or ProxyException or TimeoutException)) log.Unexpected("the store of the fleet", failure);
    }
}
