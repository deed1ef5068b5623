export { type CurlRequest, renderCurl } from '../trace/snippets/curl.js'
