/* Starts hoodiecrow on a port: hoodiecrow.js MODULE CONFIGURATION PORT */
const [module_path, configuration, port] = process.argv.slice(2);
const hoodiecrow = require(module_path);
const options = JSON.parse(require("fs").readFileSync(configuration, "utf-8"));
const server = hoodiecrow(options);
// its plugin answers for Gmail's fields, and forgets to offer them
if (options.plugins.includes("X-GM-EXT-1")) {
    server.registerCapability("X-GM-EXT-1");
}
server.listen(Number(port), "127.0.0.1");
