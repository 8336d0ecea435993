using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Browser;

/// <summary>A Chromium without a window and with a profile of its own, spoken to by the DevTools protocol.</summary>
public sealed partial class Chromium : IAsyncLifetime
{
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _answers = new();
    private readonly ConcurrentDictionary<string, Action<string, JsonElement>> _pages = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private DirectoryInfo? _profile;
    private Process? _process;
    private Task _receiving = Task.CompletedTask;
    private int _last;

    /// <summary>Whether there is one on this machine.</summary>
    public static bool IsInstalled => ExternalTool.WhyNot(ExternalTool.Chromium) is null;

    public async ValueTask InitializeAsync()
    {
        if (!IsInstalled) return;
        _profile = Directory.CreateTempSubdirectory("multiexit-chromium-");
        ProcessStartInfo start = new(ExternalTool.Command(ExternalTool.Chromium),
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
            $"--user-data-dir={_profile.FullName}", "about:blank",
        ])
        {
            RedirectStandardError = true, UseShellExecute = false,
        };
        _process = Process.Start(start)!;
        await _socket.ConnectAsync(await AddressAsync(_process).WaitAsync(HostProcess.Limit), _ending.Token);
        _receiving = ReceiveAsync();
    }

    /// <summary>Opens a page that shares no cookies with others.</summary>
    internal async Task<BrowserPage> OpenAsync(string url)
    {
        JsonElement context = await SendAsync(null, "Target.createBrowserContext", new { disposeOnDetach = true });
        JsonElement target = await SendAsync(null, "Target.createTarget",
            new { url = "about:blank", browserContextId = context.GetProperty("browserContextId").GetString() });
        JsonElement attached = await SendAsync(null, "Target.attachToTarget", new { targetId = target.GetProperty("targetId").GetString(), flatten = true });
        string session = attached.GetProperty("sessionId").GetString()!;
        BrowserPage page = new((method, parameters) => SendAsync(session, method, parameters));
        _pages[session] = page.OnEvent;
        await page.GoAsync(url);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _receiving;
        _socket.Dispose();
        if (_process is not null)
        {
            // With the processes that it started.
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().WaitAsync(HostProcess.Limit);
            _process.Dispose();
        }
        try
        {
            _profile?.Delete(recursive: true);
        }
        catch (IOException)
        {
            // One of its processes still wrote; it lies among the temporary files.
        }
        _ending.Dispose();
        _sending.Dispose();
    }

    private static async Task<Uri> AddressAsync(Process process)
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match) continue;
            // What it has to say later is thrown away; a full pipe would stop it.
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
            return new Uri(match.Groups["url"].Value);
        }
        throw new IOException("chromium ended without listening");
    }

    private async Task<JsonElement> SendAsync(string? session, string method, object? parameters)
    {
        int id = Interlocked.Increment(ref _last);
        TaskCompletionSource<JsonElement> answer = _answers[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        byte[] message = JsonSerializer.SerializeToUtf8Bytes(session is null
            ? new { id, method, @params = parameters ?? new object() } : (object)new { id, method, @params = parameters ?? new object(), sessionId = session });
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, _ending.Token);
        }
        finally
        {
            _sending.Release();
        }
        return await answer.Task.WaitAsync(HostProcess.Limit);
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                using MemoryStream message = new();
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(buffer.AsMemory(), _ending.Token);
                    message.Write(buffer.AsSpan(0, part.Count));
                }
                while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close) return;
                Dispatch(JsonDocument.Parse(message.ToArray()).RootElement);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // It has ended.
        }
    }

    private void Dispatch(JsonElement message)
    {
        if (message.TryGetProperty("id", out JsonElement id))
        {
            if (!_answers.TryRemove(id.GetInt32(), out TaskCompletionSource<JsonElement>? answer)) return;
            if (message.TryGetProperty("error", out JsonElement error)) answer.SetException(new InvalidOperationException(error.ToString()));
            else answer.SetResult(message.GetProperty("result"));
        }
        else if (message.TryGetProperty("sessionId", out JsonElement session))
        {
            if (_pages.TryGetValue(session.GetString()!, out Action<string, JsonElement>? page))
                page(message.GetProperty("method").GetString()!, message.GetProperty("params"));
        }
    }

    [GeneratedRegex(@"^DevTools listening on (?<url>ws://\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();
}
