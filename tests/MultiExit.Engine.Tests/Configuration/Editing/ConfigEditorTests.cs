using System.Text.Json;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Tests.Configuration.Editing;

/// <summary>Edits, byte by byte, in every style that a document may be written in.</summary>
public sealed class ConfigEditorTests
{
    [Theory]
    [InlineData("a: 1\nb: 2\n", "b", "3", "a: 1\nb: 3\n")]
    [InlineData("a: 1 # why\nb: 2", "a", "30", "a: 30 # why\nb: 2")]
    [InlineData("a: 'x' # why\n", "a", "it's", "a: 'it''s' # why\n")]
    [InlineData("a: 'x'\n", "a", "two\nlines", "a: \"two\\nlines\"\n")]
    [InlineData("a: \"x\"\n", "a", "y", "a: \"y\"\n")]
    [InlineData("a: 10MB/s\n", "a", "50MB/s", "a: 50MB/s\n")]
    [InlineData("a: x y\n", "a", "z", "a: z\n")]
    [InlineData("a: x\n  y\nb: 1\n", "a", "z", "a: z\nb: 1\n")]
    [InlineData("a: |\n  one\n  two\n# about b\nb: 1\n", "a", "z", "a: z\n# about b\nb: 1\n")]
    [InlineData("a:\nb: 1\n", "a", "z", "a: z\nb: 1\n")]
    [InlineData("a: # why\nb: 1\n", "a", "z", "a: z # why\nb: 1\n")]
    [InlineData("{ a: , b: 1 }", "a", "z", "{ a: z , b: 1 }")]
    [InlineData("{ a, b: 1 }", "a", "z", "{ a: z, b: 1 }")]
    [InlineData("a: { b: 1, c: 2 } # why\n", "a.c", "3", "a: { b: 1, c: 3 } # why\n")]
    [InlineData("a: [1, 2]\n", "a[1]", "3", "a: [1, 3]\n")]
    [InlineData("a:\n  - 1\n  - 2 # two\n", "a[1]", "3", "a:\n  - 1\n  - 3 # two\n")]
    [InlineData("a:\n- name: x\n  w: 1\n- name: y\n  w: 2\n", "a[y].w", "3", "a:\n- name: x\n  w: 1\n- name: y\n  w: 3\n")]
    [InlineData("a: [{ name: x, w: 1 }, { name: y, w: 2 }]", "a[x].w", "3", "a: [{ name: x, w: 3 }, { name: y, w: 2 }]")]
    [InlineData("a: [{ name: \"1\", w: 1 }]", "a[\"1\"].w", "3", "a: [{ name: \"1\", w: 3 }]")]
    [InlineData("{\n\t\"a\": {\n\t\t\"b\": \"x\"\n\t}\n}\n", "a.b", "y z", "{\n\t\"a\": {\n\t\t\"b\": \"y z\"\n\t}\n}\n")]
    [InlineData("{\"a\":1,\"b\":\"x\"}", "a", "22", "{\"a\":22,\"b\":\"x\"}")]
    [InlineData("{\"a\":1,\"b\":\"x\"}", "b", "007", "{\"a\":1,\"b\":\"007\"}")]
    [InlineData("a: 1\r\nb: 2\r\n", "a", "3", "a: 3\r\nb: 2\r\n")]
    [InlineData("\"a.b\": 1\n", "[\"a.b\"]", "3", "\"a.b\": 3\n")]
    [InlineData("--- # start\na: 1\n...\n", "a", "3", "--- # start\na: 3\n...\n")]
    public void A_value_takes_the_place_of_another(string text, string path, string value, string expected) =>
        Assert.Equal(expected, Edit(text, ConfigEdit.Set(path, value)));

    [Theory]
    [InlineData("a: 1\n", "b", "2", "a: 1\nb: 2\n")]
    [InlineData("a: 1", "b", "2", "a: 1\nb: 2")]
    [InlineData("a: 1 # why\n\n# the end\n", "b", "2", "a: 1 # why\nb: 2\n\n# the end\n")]
    [InlineData("a: 1\r\n", "b", "2", "a: 1\r\nb: 2\r\n")]
    [InlineData("a: 1\n", "b.c.d", "2", "a: 1\nb:\n  c:\n    d: 2\n")]
    [InlineData("a:\n    x: 1\n", "b.c.d", "2", "a:\n    x: 1\nb:\n    c:\n        d: 2\n")]
    [InlineData("a:\n  x: 1\n  # more to come\n\nb: 2\n", "a.y", "2", "a:\n  x: 1\n  y: 2\n  # more to come\n\nb: 2\n")]
    [InlineData("a:\n  x:\n    y: |\n      text\nb: 2\n", "a.z", "2", "a:\n  x:\n    y: |\n      text\n  z: 2\nb: 2\n")]
    [InlineData("a:\n- name: x\n- name: y\nb: 1\n", "a[x].w", "2", "a:\n- name: x\n  w: 2\n- name: y\nb: 1\n")]
    [InlineData("a:\n  - { name: x }\n", "a[x].w", "2", "a:\n  - { name: x, w: 2 }\n")]
    [InlineData("a: { x: 1 }\n", "a.y", "2", "a: { x: 1, y: 2 }\n")]
    [InlineData("a: {x: 1}\n", "a.y.z", "2", "a: {x: 1, y: { z: 2 }}\n")]
    [InlineData("a: {}\n", "a.y", "2", "a: { y: 2 }\n")]
    [InlineData("a: { # none\n}\n", "a.y", "2", "a: { y: 2  # none\n}\n")]
    [InlineData("a: { x: 1, }\n", "a.y", "2", "a: { x: 1, y: 2, }\n")]
    [InlineData("a: { x: 1,\n     y: 2 } # both\n", "a.z", "3", "a: { x: 1,\n     y: 2, z: 3 } # both\n")]
    [InlineData("a: {\n  x: 1, # one\n  y: 2 # two\n}\n", "a.z", "3", "a: {\n  x: 1, # one\n  y: 2, # two\n  z: 3\n}\n")]
    [InlineData("a: {\n  x: 1,\n  y: 2, # two\n}\n", "a.z", "3", "a: {\n  x: 1,\n  y: 2, # two\n  z: 3,\n}\n")]
    [InlineData("{\n  \"a\": 1\n}\n", "b.c", "x", "{\n  \"a\": 1,\n  \"b\": { \"c\": \"x\" }\n}\n")]
    [InlineData("{\"a\":{}}", "a.b", "true", "{\"a\":{ \"b\": true }}")]
    [InlineData("a: 1\n", "[\"b: c\"]", "2", "a: 1\n\"b: c\": 2\n")]
    [InlineData("a:\nb: 1\n", "a.c.d", "2", "a: { c: { d: 2 } }\nb: 1\n")]
    [InlineData("a: 1 # why\nb:\n- 1\n- 2\n# end", "b[2]", "3", "a: 1 # why\nb:\n- 1\n- 2\n- 3\n# end")]
    [InlineData("b: [1, 2]\n", "b[2]", "3", "b: [1, 2, 3]\n")]
    [InlineData("b: []\n", "b[0]", "3", "b: [3]\n")]
    [InlineData("a: 1\n", "b[0]", "3", "a: 1\nb: [3]\n")]
    public void A_missing_key_comes_in_the_style_of_its_surroundings(string text, string path, string value, string expected) =>
        Assert.Equal(expected, Edit(text, ConfigEdit.Set(path, value)));

    [Theory]
    [InlineData("a: 1\nb: 2\nc: 3\n", "b", "a: 1\nc: 3\n")]
    [InlineData("a: 1\nb: 2", "b", "a: 1")]
    [InlineData("a: 1\r\nb: 2", "b", "a: 1")]
    [InlineData("# a\na: 1 # one\n# b\nb:\n  c: 1\n  d: 2\n# end\n", "b", "# a\na: 1 # one\n# b\n# end\n")]
    [InlineData("a:\n  b: 1 # one\nc: 2\n", "a.b", "a: {} # one\nc: 2\n")]
    [InlineData("a: # why\n  b: 1\nc: 2\n", "a.b", "a: # why\n  {}\nc: 2\n")]
    [InlineData("a:\n  b:\n    c: 1\n", "a.b.c", "a:\n  b: {}\n")]
    [InlineData("a:\n- 1\n- 2\n", "a[0]", "a:\n- 2\n")]
    [InlineData("a:\n- 1\nb: 1\n", "a[0]", "a: []\nb: 1\n")]
    [InlineData("a: # why\n- 1\nb: 1\n", "a[0]", "a: # why\n []\nb: 1\n")]
    [InlineData("a:\n  - name: x\n    w: 1\n  - name: y\n", "a[x].name", "a:\n  - w: 1\n  - name: y\n")]
    [InlineData("a:\n  - name: x # the first\n    w: 1\n", "a[x].name", "a:\n  -  # the first\n    w: 1\n")]
    [InlineData("a:\n  - name: x\n    w: 1\n  - name: y\n    w: 2\nb: 1\n", "a[y]", "a:\n  - name: x\n    w: 1\nb: 1\n")]
    [InlineData("a: { b: 1, c: 2, d: 3 }\n", "a.c", "a: { b: 1, d: 3 }\n")]
    [InlineData("a: { b: 1, c: 2 }\n", "a.c", "a: { b: 1 }\n")]
    [InlineData("a: { b: 1, c: 2, }\n", "a.c", "a: { b: 1, }\n")]
    [InlineData("a: { b: 1 }\n", "a.b", "a: {}\n")]
    [InlineData("a: [{ name: x }, { name: y }]\n", "a[x]", "a: [{ name: y }]\n")]
    [InlineData("a: [ 1 ]\n", "a[0]", "a: []\n")]
    [InlineData("a: {\n  b: 1, # one\n  c: 2, # two\n  d: 3 # three\n}\n", "a.c", "a: {\n  b: 1, # one\n  d: 3 # three\n}\n")]
    [InlineData("a: {\n  b: 1, # one\n  c: 2 # two\n}\n", "a.c", "a: {\n  b: 1, # one\n}\n")]
    [InlineData("{\n  \"a\": 1,\n  \"b\": 2\n}\n", "b", "{\n  \"a\": 1\n}\n")]
    [InlineData("{\n  \"a\": 1,\n  \"b\": 2\n}\n", "a", "{\n  \"b\": 2\n}\n")]
    public void What_goes_leaves_a_document_behind(string text, string path, string expected) =>
        Assert.Equal(expected, Edit(text, ConfigEdit.Remove(path)));

    [Fact]
    public void Values_of_several_parts_are_written_in_braces()
    {
        JsonElement user = JsonSerializer.SerializeToElement(
            new { password = new { env = "BOB_PW" }, list = new object[] { 1, true, "x: y" }, none = new { } });
        Assert.Equal("a:\n  x: 1\n  bob: { password: { env: BOB_PW }, list: [1, true, \"x: y\"], none: {} }\n",
            Edit("a:\n  x: 1\n", ConfigEdit.Set("a.bob", user)));
        Assert.Equal("a:\n  - name: x\n  - { name: y, w: 2 }\n",
            Edit("a:\n  - name: x\n", ConfigEdit.Set("a[y]", JsonSerializer.SerializeToElement(new { w = 2 }))));
        Assert.Equal("b: 1\na: [{ name: y, w: 2 }]\n", Edit("b: 1\n", ConfigEdit.Set("a[y]", JsonSerializer.SerializeToElement(new { w = 2 }))));
        Assert.Equal("a:\n  - { name: x, w: 2 } # x\n",
            Edit("a:\n  - name: x # x\n", ConfigEdit.Set("a[x]", JsonSerializer.SerializeToElement(new { w = 2 }))));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("a: b #c, d")]
    [InlineData("\"; rm -rf\" }\nexits: []")]
    [InlineData("{ env: HOME }")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("true")]
    [InlineData("")]
    [InlineData(" spaces ")]
    [InlineData("- x")]
    [InlineData("ends:")]
    [InlineData("!tag &anchor *alias")]
    [InlineData("%YAML 1.2")]
    [InlineData("...")]
    [InlineData("---")]
    [InlineData("tab\there, nul\0, bell\a, nel\u0085, line\u2028, bom\ufeff, é, 漢, 😀")]
    [InlineData("back\\slash 'single' \"double\" `tick`")]
    [InlineData("?query")]
    [InlineData("@at")]
    [InlineData("0x10")]
    [InlineData("1e5")]
    public void Text_is_taken_as_it_is_whatever_it_looks_like(string value)
    {
        foreach (string text in new[] { "a: x\nb: 1\n", "a: 'x'\nb: 1\n", "{ a: x, b: 1 }", "{\"a\":\"x\",\"b\":1}", "b: 1\n", "{}" })
        {
            MapNode root = (MapNode)Compose(Edit(text, ConfigEdit.Set("a", value)));
            ScalarNode read = Assert.IsType<ScalarNode>(root.Find("a")!.Value);
            Assert.Equal(value, read.Text);
            Assert.False(read.IsNull);
            if (value.Length == 0 || value.Any(char.IsControl) || !text.StartsWith('{')) continue;
            MapNode keyed = (MapNode)Compose(Edit(text, ConfigEdit.Set(ConfigPath.Append("", value), "1")));
            Assert.NotNull(keyed.Find(value));
        }
    }

    [Fact]
    public void Several_edits_count_items_as_they_were() => Assert.Equal(
        "a: [1, 4, 5]\nb: 2\n",
        Edit("a: [1, 2, 3, 4]\nb: 1\n", ConfigEdit.Remove("a[1]"), ConfigEdit.Set("b", "2"), ConfigEdit.Remove("a[2]"), ConfigEdit.Set("a[4]", "5")));

    [Theory]
    [InlineData("a: 1", "b.c", null, "b: there is nothing to remove")]
    [InlineData("a: 1", "a.c", "1", "a: a single value; there is nothing beneath it")]
    [InlineData("a: [1]", "a.c", "1", "a: a list has items, no keys; expected [name] or [number] behind it")]
    [InlineData("a: { b: 1 }", "a[0]", "1", "a: a mapping has keys, no items; expected .key behind it, or [\"key\"]")]
    [InlineData("a: [{ name: x }]", "a[y].w", "1", "a[y]: there is no such item; a new one is added as a whole, with all that it needs")]
    [InlineData("a: [{ name: x }]", "a[y]", "1", "a[y]: an item with a name is a mapping")]
    [InlineData("a: [1]", "a[2]", "1", "a[2]: there is no such item; a new one is added as a whole, with all that it needs")]
    [InlineData("a: 1", "b[1]", "1", "b: there is no such list; its first item has the number 0")]
    [InlineData("a: 1", "b[x].w", "1", "b: there is no such list, and so no item of it")]
    [InlineData("a: [{ name: x }, { name: x }]", "a[x].w", "1", "a: two items have the name \"x\"")]
    [InlineData("a: 1", "a..b", "1",
        "a..b: not a path at character 3; expected one such as limits.connections, exits[wan1].weight or limits.users[\"a.b\"].quota")]
    [InlineData("a: &x 1\nb: *x\n", "a", "2", "a: anchors (&name) are not supported; write the value where it is used")]
    [InlineData("a: *x\n", "a", "2", "a: aliases (*name) are not supported; write the value out")]
    [InlineData("? a\n: 1\n? b\n: 2\n", "a", null,
        "a: it cannot be changed by itself, because of the way the document is written there; change it in the file")]
    public void What_cannot_be_done_is_said(string text, string path, string? value, string expected)
    {
        ErrorList errors = new(null);
        Assert.Null(ConfigEditor.Apply(text, [value is null ? ConfigEdit.Remove(path) : ConfigEdit.Set(path, value)], errors));
        Assert.Equal(expected, string.Join('\n', errors.InFileOrder()));
    }

    [Theory]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a[")]
    [InlineData("a[]")]
    [InlineData("a[\"x]")]
    [InlineData("a[\"x\"")]
    [InlineData("a[\"x\\\"]")]
    [InlineData("a[\"\\ud800\"]")]
    [InlineData("a[99999999999]")]
    [InlineData("a[x y]")]
    [InlineData("a b")]
    [InlineData("a[0]b")]
    [InlineData("a\n")]
    public void A_path_that_is_none_is_said(string path) => Assert.Throws<DocumentException>(() => ConfigPath.Parse(path));

    [Theory]
    [InlineData("")]
    [InlineData("# nothing")]
    public void An_empty_document_is_an_error_and_not_silence(string text)
    {
        ErrorList errors = new(null);
        Assert.Null(ConfigEditor.Apply(text, [ConfigEdit.Set("a", "b")], errors));
        Assert.Equal("the document is empty; there is nothing to edit", Assert.Single(errors.InFileOrder()).Message);
    }

    [Theory]
    [InlineData("{ \"\\ud800\": 1 }")]
    [InlineData("[{ \"a\": { \"\\ud800\": 1 } }]")]
    public void A_key_that_is_no_text_is_an_error(string value)
    {
        ErrorList errors = new(null);
        Assert.Null(ConfigEditor.Apply("a: 1", [ConfigEdit.Set("b", System.Text.Json.JsonDocument.Parse(value).RootElement)], errors));
        Assert.Equal("the value has a key that is not Unicode text", Assert.Single(errors.InFileOrder()).Message);
    }

    [Fact]
    public void No_error_has_the_value()
    {
        ErrorList errors = new(null);
        ConfigEditor.Apply("a: 1", [ConfigEdit.Set("a.b", "hunter2"), ConfigEdit.Set("c[1]", "hunter2")], errors);
        Assert.Equal(2, errors.Count);
        Assert.DoesNotContain("hunter2", string.Join('\n', errors.InFileOrder()), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", ConfigEdit.Set("a.b", "hunter2").ToString(), StringComparison.Ordinal);
    }

    private static ConfigNode Compose(string text)
    {
        ErrorList errors = new(null);
        ConfigNode? node = NodeComposer.Compose(text, errors);
        Assert.Empty(errors.InFileOrder());
        return node!;
    }

    private static string Edit(string text, params ConfigEdit[] edits)
    {
        ErrorList errors = new(null);
        string? edited = ConfigEditor.Apply(text, edits, errors);
        Assert.Empty(errors.InFileOrder());
        return edited!;
    }
}
