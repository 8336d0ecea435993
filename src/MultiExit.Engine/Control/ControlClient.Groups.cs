using System.Net.Http.Json;
using System.Text.Json;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <content>Groups and their members.</content>
public sealed partial class ControlClient
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<GroupStatus>> GetGroupsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<GroupStatus>>("groups", cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ExitStatus>> GetMembersAsync(string group, CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<ExitStatus>>($"{Of(group)}/members", cancellationToken);

    /// <inheritdoc/>
    public Task<ExitStatus> PublishExitAsync(string group, string? name, JsonElement exit, CancellationToken cancellationToken = default) =>
        AskAsync<ExitStatus>(name is null ? HttpMethod.Post : HttpMethod.Put, name is null ? $"{Of(group)}/members" : MemberOf(group, name),
            JsonContent.Create(exit), AnswerTimeout, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> UnpublishExitAsync(string group, string name, CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Delete, MemberOf(group, name), null, AnswerTimeout, cancellationToken)
            .ConfigureAwait(false);
        if (response.IsSuccessStatusCode) return true;
        ControlError error = await ParseAsync<ControlError>(response, cancellationToken).ConfigureAwait(false);
        return error.Error == "MemberNotFound" ? false : throw Failure(response, error);
    }

    /// <inheritdoc/>
    public Task<GroupStatus> UpdateGroupAsync(string name, CancellationToken cancellationToken = default) =>
        PostAsync<GroupStatus>($"{Of(name)}/update", null, ProbeTimeout, cancellationToken);

    private static string Of(string group) => $"groups/{Uri.EscapeDataString(group)}";

    private static string MemberOf(string group, string name) => $"{Of(group)}/members/{Uri.EscapeDataString(name)}";
}
