using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Browser;

/// <summary>A page in a browser.</summary>
/// <param name="send">Sends a command of the DevTools protocol.</param>
internal sealed class BrowserPage(Func<string, object?, Task<JsonElement>> send)
{
    private const string Watch = "window.violations = []; document.addEventListener('securitypolicyviolation', "
        + "event => window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));";

    // Less than that of an answer, so that a wait says what it was for.
    private static readonly TimeSpan Patience = HostProcess.Limit / 2;

    // What counts of the time between two looks, of which there is one every 20 ms, in ms.
    private const int MostOfALook = 60;

    private readonly ConcurrentQueue<string> _problems = new();
    private TaskCompletionSource _loaded = new();

    /// <summary>What the browser complained of: errors of scripts, of the console and of the policy. Answers that are failures are no such thing.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    public void OnEvent(string method, JsonElement parameters)
    {
        switch (method)
        {
            case "Page.loadEventFired":
                _loaded.TrySetResult();
                break;
            case "Runtime.exceptionThrown":
                _problems.Enqueue(parameters.GetProperty("exceptionDetails").ToString());
                break;
            case "Runtime.consoleAPICalled" when parameters.GetProperty("type").GetString() is "error" or "warning" or "assert":
                _problems.Enqueue(parameters.GetProperty("args").ToString());
                break;
            case "Log.entryAdded" when parameters.GetProperty("entry") is var entry && entry.GetProperty("source").GetString() != "network":
                _problems.Enqueue(entry.ToString());
                break;
        }
    }

    public async Task GoAsync(string url)
    {
        foreach (string domain in (string[])["Page", "Runtime", "Log"]) await send($"{domain}.enable", null);
        await send("Page.addScriptToEvaluateOnNewDocument", new { source = Watch });
        await SizeAsync(1280, 900);
        _loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await send("Page.navigate", new { url });
        await _loaded.Task.WaitAsync(HostProcess.Limit);
    }

    /// <summary>The value of an expression, as text.</summary>
    public async Task<string> ReadAsync(string expression)
    {
        string asText = $"(async () => String(await ({expression})))()";
        JsonElement result = await send("Runtime.evaluate", new { expression = asText, awaitPromise = true, returnByValue = true });
        if (result.TryGetProperty("exceptionDetails", out JsonElement details)) throw new InvalidOperationException(details.ToString());
        return result.GetProperty("result").GetProperty("value").GetString()!;
    }

    /// <summary>Waits until an expression is true; the page looks again and again. The time in which it cannot look, since the machine is busy, does not
    /// count.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="within">The limit; null: that of all waits.</param>
    public async Task UntilAsync(string expression, TimeSpan? within = null)
    {
        int limit = (int)(within ?? Patience).TotalMilliseconds;
        string wait = $"new Promise((done, fail) => {{ let left = {limit}, last = performance.now(); "
            + $"const look = () => {{ if ({expression}) return done(true); "
            + $"const now = performance.now(); left -= Math.min(now - last, {MostOfALook}); last = now; left < 0 ? done(false) : setTimeout(look, 20); }}; "
            + "look(); })";
        JsonElement result = await send("Runtime.evaluate", new { expression = wait, awaitPromise = true, returnByValue = true });
        Assert.True(result.GetProperty("result").TryGetProperty("value", out JsonElement value) && value.ValueKind == JsonValueKind.True,
            $"in {limit} ms there was no: {expression}; {await ReadAsync("document.body.innerText")}");
    }

    /// <summary>Clicks the middle of an element with the mouse.</summary>
    public async Task ClickAsync(string selector)
    {
        await UntilAsync($"document.querySelector({Quote(selector)})?.checkVisibility()");
        string middle = await ReadAsync($"(() => {{ const element = document.querySelector({Quote(selector)}); element.scrollIntoView({{ block: 'center' }}); "
            + "const box = element.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()");
        double[] at = [.. middle.Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        foreach (string type in (string[])["mousePressed", "mouseReleased"])
            await send("Input.dispatchMouseEvent", new { type, x = at[0], y = at[1], button = "left", clickCount = 1 });
    }

    /// <summary>Types text where the focus is.</summary>
    public Task TypeAsync(string text) => send("Input.insertText", new { text });

    /// <summary>Presses Tab, Enter or Escape.</summary>
    public async Task PressAsync(string key)
    {
        (int number, string text) = key switch { "Tab" => (9, ""), "Enter" => (13, "\r"), _ => (27, "") };
        await send("Input.dispatchKeyEvent",
            new { type = text.Length == 0 ? "rawKeyDown" : "keyDown", key, code = key, windowsVirtualKeyCode = number, text });
        await send("Input.dispatchKeyEvent", new { type = "keyUp", key, code = key, windowsVirtualKeyCode = number });
    }

    /// <summary>Presses Tab until an element has the focus.</summary>
    public async Task TabToAsync(string selector)
    {
        for (int i = 0; i < 60; i++)
        {
            if (await ReadAsync($"document.activeElement?.matches({Quote(selector)})") == "true") return;
            await PressAsync("Tab");
        }
        Assert.Fail($"Tab does not reach {selector}");
    }

    public Task SizeAsync(int width, int height, bool mobile = false) =>
        send("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 1, mobile });

    public Task SchemeAsync(string scheme) =>
        send("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = scheme } } });

    /// <summary>Keeps a picture of the whole page under artifacts.</summary>
    public async Task PictureAsync(string name)
    {
        string folder = Path.Combine(HostProcess.RepositoryRoot, "artifacts", "dashboard");
        Directory.CreateDirectory(folder);
        int[] size = [.. (await ReadAsync("[innerWidth, Math.max(document.documentElement.scrollHeight, innerHeight)]")).Split(',')
            .Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        JsonElement picture = await send("Page.captureScreenshot",
            new { format = "png", captureBeyondViewport = true, clip = new { x = 0, y = 0, width = size[0], height = size[1], scale = 1 } });
        await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.png"), picture.GetProperty("data").GetBytesFromBase64());
    }

    /// <summary>Asserts that the browser had nothing to complain of, its policy included.</summary>
    public async Task AssertNoProblemAsync()
    {
        Assert.Equal("", await ReadAsync("window.violations.join('\\n')"));
        Assert.Empty(_problems);
    }

    public static string Quote(string text) => JsonSerializer.Serialize(text);
}
