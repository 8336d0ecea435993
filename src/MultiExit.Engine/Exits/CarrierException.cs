using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Exits;

/// <summary>A carrier could not be opened; the message is the failure as a sentence, without the exit's name.</summary>
internal sealed class CarrierException(DialFailure failure, string reason) : IOException(reason)
{
    /// <summary>The class of the failure: always the server's, never a target's, since a carrier has no target.</summary>
    public DialFailure Failure { get; } = DialErrors.IsExitsFault(failure) ? failure : DialFailure.ProxyUnreachable;

    /// <summary>What an exception on the way to a carrier, or on one, means to the dial that waited for it.</summary>
    public static DialFailure FailureOf(Exception exception) =>
        exception is CarrierException carrier ? carrier.Failure : DialFailure.ProxyUnreachable;
}
