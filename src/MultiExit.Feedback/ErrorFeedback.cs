using System.Management.Automation;
using System.Management.Automation.Subsystem;
using System.Management.Automation.Subsystem.Feedback;

namespace MultiExit.Feedback;

/// <summary>Says at the prompt what helps against the last error. In an assembly of its own: it is compiled against a PowerShell that has feedback
/// providers, and one that does not load it is served without.</summary>
/// <param name="hint">A headline and commands for an error; null: nothing is known. It may take some milliseconds, as PowerShell waits 300.</param>
public sealed class ErrorFeedback(Func<ErrorRecord, IReadOnlyList<string>?> hint) : IFeedbackProvider
{
    private static readonly Guid Own = new("5f8a6c1e-7a0b-4b6e-9a58-5d3c1c6f2a10");

    /// <inheritdoc/>
    public Guid Id => Own;

    /// <inheritdoc/>
    public string Name => "MultiExit";

    /// <inheritdoc/>
    public string Description => "Says who holds a port, how to confirm a change, and which of server and module is the older.";

    /// <inheritdoc/>
    public FeedbackTrigger Trigger => FeedbackTrigger.Error;

    /// <summary>Registers one, in place of that of an earlier import.</summary>
    public static void Register(Func<ErrorRecord, IReadOnlyList<string>?> hint)
    {
        Unregister();
        SubsystemManager.RegisterSubsystem(SubsystemKind.FeedbackProvider, new ErrorFeedback(hint));
    }

    /// <summary>Takes it away.</summary>
    public static void Unregister()
    {
        if (SubsystemManager.GetSubsystemInfo(SubsystemKind.FeedbackProvider).Implementations.Any(known => known.Id == Own))
            SubsystemManager.UnregisterSubsystem(SubsystemKind.FeedbackProvider, Own);
    }

    /// <inheritdoc/>
    public FeedbackItem? GetFeedback(FeedbackContext context, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.LastError is not { } error || hint(error) is not { Count: > 0 } said) return null;
        return new FeedbackItem(said[0], [.. said.Skip(1)]);
    }
}
