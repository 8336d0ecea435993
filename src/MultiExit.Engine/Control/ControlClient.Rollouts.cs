using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <content>The configuration of the fleet that the server is a node of.</content>
public sealed partial class ControlClient
{
    /// <inheritdoc/>
    public async Task<RolloutStatus?> GetRolloutAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await GetAsync<RolloutStatus>("rollout", cancellationToken).ConfigureAwait(false);
        }
        catch (ProxyException exception) when (exception.Reason == ProxyError.RolloutState)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConfigDifference>> CheckRolloutAsync(ConfigDocument document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        return AskAsync<IReadOnlyList<ConfigDifference>>(
            HttpMethod.Post, RolloutResource.TargetOf(document), ContentOf(document), AnswerTimeout, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RolloutStatus> PublishConfigAsync(
        ConfigDocument document, RolloutRequest? request = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        return AskAsync<RolloutStatus>(HttpMethod.Put, RolloutResource.TargetOf(document, request ?? new RolloutRequest()), ContentOf(document),
            AnswerTimeout, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RolloutStatus> ConfirmRolloutAsync(CancellationToken cancellationToken = default) =>
        PostAsync<RolloutStatus>("rollout/confirm", null, AnswerTimeout, cancellationToken);

    /// <inheritdoc/>
    public Task<RolloutStatus> UndoRolloutAsync(string? who = null, CancellationToken cancellationToken = default) =>
        PostAsync<RolloutStatus>("rollout/undo", null, AnswerTimeout, cancellationToken);
}
