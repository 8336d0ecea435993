using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>Takes steps, all or none.</summary>
/// <param name="system">The system.</param>
internal sealed class SetupRun(ICommandRunner system)
{
    /// <summary>Takes the steps; when one fails, those before it are undone in reverse.</summary>
    /// <returns>The steps that were taken.</returns>
    /// <exception cref="ProxyException">A step failed.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<SetupStep> steps, CancellationToken cancellationToken)
    {
        int done = 0;
        try
        {
            for (; done < steps.Count; done++) await steps[done].DoAsync(cancellationToken).ConfigureAwait(false);
            return [.. steps.Select(step => step.Text)];
        }
        catch (Exception exception) when (exception is ProxyException or OperationCanceledException)
        {
            List<string> left = [];
            while (--done >= 0)
            {
                try
                {
                    await steps[done].UndoAsync(CancellationToken.None).ConfigureAwait(false);
                }
                catch (ProxyException)
                {
                    left.Add(steps[done].Text);
                }
            }
            if (exception is OperationCanceledException) throw;
            string end = left.Count == 0 ? "nothing has changed" : $"not undone: {string.Join("; ", left)}; run the command again";
            throw new ProxyException(ProxyError.Provisioning, $"{exception.Message}{Advice(exception.Message)}; {end}", exception);
        }
    }

    private string Advice(string message) =>
        message.Contains("Cannot find device", StringComparison.Ordinal) ? " (the interface is gone: bring it up or name another)"
        : message.Contains("invalid gateway", StringComparison.Ordinal) || message.Contains("Network is unreachable", StringComparison.Ordinal)
            || message.Contains("No route to host", StringComparison.Ordinal) ? " (the gateway must be in a network of the interface, and the interface up)"
        : system.MayChangeNetwork ? "" : " (CAP_NET_ADMIN is missing: run it as root)";
}
